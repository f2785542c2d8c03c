//! The page that sends on what another site's form has brought, from here.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `onward.html`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Onward {
    pub action_url: String,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Field {
    pub name: String,
    pub value: String,
}

impl Onward {
    /// The same fields, and one that says that they come again.
    #[must_use]
    pub fn new(action_url: String, fields: Vec<(String, String)>) -> Self {
        let again = ("again".to_owned(), "1".to_owned());
        let fields = fields.into_iter().chain([again]);
        Self {
            action_url,
            fields: fields.map(|(name, value)| Field { name, value }).collect(),
        }
    }
}

impl Page for Onward {
    const TEMPLATE: &'static str = "onward.html";

    fn samples() -> Vec<Self> {
        let fields = vec![
            ("state".to_owned(), NASTY.to_owned()),
            (NASTY.to_owned(), "x".to_owned()),
        ];
        vec![Self::new("/hub/lti13/oauth_callback".into(), fields)]
    }
}
