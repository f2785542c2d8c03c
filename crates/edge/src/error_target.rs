//! Error pages that somebody else renders: the hub, which knows who asks, and in what style.

use std::future::poll_fn;

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Response,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use tracing::warn;

use crate::{
    buffer::Buffer,
    error_page::{Failure, language, page::Reader},
    http1::{
        answer::{self, BadAnswer},
        asked::Asked,
        framing::{BodyReader, Framing, Step},
        head::{self, Scan},
    },
    log,
    routes::target::Target,
    server::Worker,
    upstream::{self, Server},
};

const LARGEST_HEAD: usize = 64 * 1024;
const LARGEST_PAGE: usize = 1024 * 1024;

/// The error target's page or the one of the folder if there is one, else our own. `reference` is the number under which
/// the log has it.
pub(crate) async fn answer(
    worker: &Worker,
    failure: &Failure,
    asked: &Asked,
    reference: Option<&str>,
) -> Response<Bytes> {
    let texts = language::texts(asked.languages());
    let own = || failure.response(asked.reader, texts, reference);
    if asked.reader == Reader::Program {
        return own();
    }
    if let Some(files) = &worker.shared.error_files {
        let page = files.page(failure.status(), worker.shared.clock.now()).await;
        return page.map_or_else(own, |page| failure.with_page(page));
    }
    let (Some(target), Some(page)) = (&worker.shared.error_target, failure.page()) else {
        return own();
    };
    let limit = worker.shared.limits.error_page;
    match tokio::time::timeout(limit, fetch(worker, target, page, asked, reference)).await {
        Ok(Ok(mut response)) => {
            *response.status_mut() = failure.status();
            response
        }
        Ok(Err(reason)) => {
            warn!(target = %target, reason = log::cut(&reason), "no error page");
            own()
        }
        Err(_) => {
            warn!(target = %target, ?limit, "no error page in time");
            own()
        }
    }
}

/// Pages are rare: each is fetched on a connection of its own.
async fn fetch(
    worker: &Worker,
    target: &Target,
    page: u16,
    asked: &Asked,
    reference: Option<&str>,
) -> Result<Response<Bytes>, String> {
    let mut server = upstream::open(&worker.shared, &target.upstream)
        .await
        .map_err(|error| error.to_string())?;
    let mut out = Buffer::default();
    let address = perijove_model::escape::component(asked.address());
    let reference = reference.map_or_else(String::new, |reference| format!("&reference={reference}"));
    let head = format!(
        "GET {}/{page}?url={address}{reference} HTTP/1.1\r\nHost: {}\r\nAccept-Language: {}\r\nConnection: close\r\n\r\n",
        target.prefix(),
        target.upstream.host(),
        asked.languages(),
    );
    out.push(head.as_bytes());
    poll_fn(|cx| out.poll_write_to(&mut server.stream, cx))
        .await
        .map_err(|error| error.to_string())?;
    poll_fn(|cx| server.stream.poll_flush(cx))
        .await
        .map_err(|error| error.to_string())?;
    let (mut response, framing) = read_head(&mut server).await?;
    *response.body_mut() = read_body(&mut server, framing).await?;
    Ok(response)
}

async fn read_head(server: &mut Server) -> Result<(Response<Bytes>, Framing), String> {
    let mut scan = Scan::forgiving();
    loop {
        let found = scan.end(server.input.filled()).map_err(|error| error.to_string())?;
        if let Some(length) = found {
            let read = head::answer(&server.input.filled()[..length], |head| {
                answer::read(&head, false).map(|answer| (described(&head), answer.body))
            });
            let read = read
                .map_err(BadAnswer::Head)
                .and_then(|read| read)
                .map_err(|error| error.to_string())?;
            server.input.consume(length);
            return Ok(read);
        }
        if server.input.len() >= LARGEST_HEAD || !more(server).await? {
            return Err("its answer has no head".into());
        }
    }
}

fn described(head: &head::AnswerHead<'_, '_>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    let wanted: [HeaderName; 2] = [CONTENT_TYPE, CONTENT_ENCODING];
    for header in head.headers {
        let name = wanted
            .iter()
            .find(|name| name.as_str().eq_ignore_ascii_case(header.name));
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_bytes(header.value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn read_body(server: &mut Server, framing: Framing) -> Result<Bytes, String> {
    let mut reader = BodyReader::new(framing);
    let mut body = Vec::new();
    loop {
        match reader.next(server.input.filled()).map_err(|error| error.to_string())? {
            Step::End { .. } => return Ok(body.into()),
            Step::Data(range) => {
                body.extend_from_slice(&server.input.filled()[range.clone()]);
                server.input.consume(range.end);
                if body.len() > LARGEST_PAGE {
                    return Err("its page is too large".into());
                }
            }
            Step::More { consumed } => {
                server.input.consume(consumed);
                match more(server).await? {
                    true => {}
                    false if reader.ends_with_stream() => return Ok(body.into()),
                    false => return Err("its page was cut off".into()),
                }
            }
        }
    }
}

async fn more(server: &mut Server) -> Result<bool, String> {
    poll_fn(|cx| server.input.poll_fill(&mut server.stream, cx, LARGEST_HEAD))
        .await
        .map(|count| count > 0)
        .map_err(|error| error.to_string())
}
