//! HTTP and gRPC servers and clients with compression, and their settings.
