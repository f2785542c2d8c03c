//! Who is it: the Authenticator seam, its implementations, and the access policy.
