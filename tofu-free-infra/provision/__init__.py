"""Turn a site's inventory into virtual machines and a Talos cluster, by API and without a state file."""
