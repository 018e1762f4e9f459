"""What provisioning asks of Kubernetes: versions, readiness, drains, static pods, bootstrap manifests."""
