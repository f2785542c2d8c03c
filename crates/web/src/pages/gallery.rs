//! The gallery: what pages are made of, and all of them. For those who make pages; the hub shows it to nobody.

use serde::Serialize;

use crate::render::Page;

/// `gallery.html`. In English only, since its readers read the code, too.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Gallery {
    pub pages: Vec<GalleryPage>,
    pub tags: Vec<String>,
    /// The language that pages are looked at in.
    pub tag: String,
    /// One page from all sides, instead of the components.
    pub view: Option<GalleryView>,
}

/// A sample of a page.
#[derive(Debug, Clone, Serialize)]
pub struct GalleryPage {
    pub name: String,
    pub template: String,
    pub url: String,
}

/// A sample, narrow and wide, light and dark.
#[derive(Debug, Clone, Serialize)]
pub struct GalleryView {
    pub name: String,
    pub light: String,
    pub dark: String,
}

impl Page for Gallery {
    const TEMPLATE: &'static str = "gallery.html";

    fn samples() -> Vec<Self> {
        let all = Self {
            pages: vec![GalleryPage {
                name: "home-0".into(),
                template: "home.html".into(),
                url: "/?page=home-0".into(),
            }],
            tags: vec!["en".into(), "de".into()],
            tag: "de".into(),
            view: None,
        };
        let view = GalleryView {
            name: "home-0".into(),
            light: "/hub/home-0.de.light".into(),
            dark: "/hub/home-0.de.dark".into(),
        };
        vec![
            all.clone(),
            Self {
                view: Some(view),
                ..all
            },
        ]
    }
}
