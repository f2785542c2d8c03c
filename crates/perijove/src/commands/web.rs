//! `perijove web gallery`: the pages and what they are made of, for those who make pages or a site's own templates.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use clap::{Args, Subcommand};
use perijove_web::pages::{Gallery, GalleryPage, GalleryView};
use perijove_web::{Common, Pages, Sample, asset, render_sample_in, render_samples_in};
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::problem::Problem;
use crate::signals::Signals;
use crate::{runtime, ui};

/// Look at the pages
#[derive(Args)]
pub struct Web {
    #[command(subcommand)]
    command: WebCommand,
}

#[derive(Subcommand)]
enum WebCommand {
    Gallery(ShowGallery),
}

/// Show every page with sample data, and the components that pages are made of, in a browser
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove web gallery                                    on http://127.0.0.1:8010
  perijove web gallery --templates /etc/perijove/pages    as a site's own templates make them")]
struct ShowGallery {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8010")]
    listen: SocketAddr,
    /// A directory of templates that win over the built-in ones; may be given more than once
    #[arg(long, value_name = "DIR")]
    templates: Vec<PathBuf>,
}

impl Web {
    pub fn run(self) -> Result<()> {
        let WebCommand::Gallery(gallery) = self.command;
        runtime::small()?.block_on(gallery.serve())
    }
}

impl ShowGallery {
    async fn serve(self) -> Result<()> {
        let pages = match self.templates.as_slice() {
            [] => Pages::strict(&[])?,
            theirs => Pages::new(theirs)?,
        };
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            Problem::new(format!("the gallery can't listen on {}", self.listen))
                .because(error)
                .try_this("give another address with --listen")
        })?;
        ui::say(format!("the gallery is on http://{}", listener.local_addr()?));
        let mut signals = Signals::listen()?;
        let asked = async move {
            signals.asked().await;
        };
        Ok(axum::serve(listener, router(pages))
            .with_graceful_shutdown(asked)
            .await?)
    }
}

fn router(pages: Pages) -> Router {
    Router::new()
        .route("/", get(overview))
        .route("/hub/{sample}", get(sample))
        .route("/hub/static/{*path}", get(file))
        .with_state(Arc::new(pages))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    language: String,
    page: Option<String>,
}

async fn overview(State(pages): State<Arc<Pages>>, Query(wanted): Query<Wanted>) -> Response {
    let tag = pages.words([wanted.language.as_str()]).tag().to_owned();
    let samples = match render_samples_in(&pages, &tag, None) {
        Ok(samples) => samples,
        Err(error) => return broken(&error),
    };
    let view = wanted.page.map(|name| GalleryView {
        light: format!("/hub/{name}.{tag}.light"),
        dark: format!("/hub/{name}.{tag}.dark"),
        name,
    });
    let line = |Sample { name, template, .. }| GalleryPage {
        url: format!("/?language={tag}&page={name}"),
        name,
        template: template.to_owned(),
    };
    let gallery = Gallery {
        pages: samples.into_iter().map(line).collect(),
        tags: pages.languages().map(str::to_owned).collect(),
        tag: tag.clone(),
        view,
    };
    match pages.render(&Common::visitor_sample(), &gallery) {
        Ok(html) => shown(html),
        Err(error) => broken(&error),
    }
}

/// `/hub/NAME.LANGUAGE.THEME`
async fn sample(State(pages): State<Arc<Pages>>, Path(wanted): Path<String>) -> Response {
    let mut parts = wanted.splitn(3, '.');
    let (Some(name), Some(language), Some(theme)) = (parts.next(), parts.next(), parts.next()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let theme = ["light", "dark"].into_iter().find(|known| *known == theme);
    match render_sample_in(&pages, language, theme, name) {
        Ok(Some(sample)) => shown(sample.html),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => broken(&error),
    }
}

async fn file(Path(path): Path<String>) -> Response {
    match asset(&path) {
        Some(asset) => {
            let headers = [
                (header::CONTENT_TYPE, asset.mime),
                (header::CACHE_CONTROL, "no-cache".into()),
            ];
            (headers, asset.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Under the rules of the hub, so that what breaks them is seen here.
fn shown(html: String) -> Response {
    let policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

/// A template with a mistake says where.
fn broken(error: &perijove_web::PageError) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
}
