//! The control plane: sign-in, OAuth provider, REST, pages, and the reconciler of servers.
