//! What went wrong elsewhere, each a test that is called after it: `cve_…` and `ghsa_…` are advisories about JupyterHub and
//! what people use with it, `defect_…` what its authenticators do without anybody having written one. `docs/security.md`
//! tells what each was about; a test holds that list against the tests.
//!
//! | here | what |
//! |---|---|
//! | `forgery` | pages elsewhere that act for somebody, cookies from a sibling site |
//! | `redirects` | addresses that lead away |
//! | `sessions` | what is left when somebody has signed out; secrets on pages |
//! | `names` | names without end, and names that are one another's |
//! | `rights` | people who give themselves more |
//! | `native` | accounts with passwords: the defects `a` to `l` |
//!
//! Those that need no whole hub are beside the code: providers in `auth/src/oauth/tests/advisories.rs`, statements that
//! providers sign in `auth/src/jwt.rs`, options of old in `config/tests/mistakes.rs`. `../logs.rs` reads a whole log.

mod forgery;
mod listed;
mod names;
mod native;
mod redirects;
mod rights;
mod sessions;
