//! Scopes: see the contract.
