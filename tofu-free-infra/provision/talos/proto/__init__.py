"""Messages of the Talos API; `provision.talos.generate` makes them from the `.proto` files beside this one."""
