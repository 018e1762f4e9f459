"""The Talos API: typed calls over grpclib, waits with deadlines, own health checks."""
