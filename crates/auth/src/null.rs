//! Nobody signs in: the hub is for services and their tokens.

use crate::{Authenticator, Offer};

#[derive(Debug)]
pub struct Null;

impl Authenticator for Null {
    fn kind(&self) -> &'static str {
        "null"
    }

    fn offer(&self) -> Offer {
        Offer::Outside
    }
}
