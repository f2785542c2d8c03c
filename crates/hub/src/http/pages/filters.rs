//! What a list is asked for in its address: declared once for each page, read from the address, and kept in its links.

use std::fmt::{Display, Write as _};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use perijove_model::escape;
use perijove_web::pages::Column;

use crate::http::error::{HttpError, Result};
use crate::http::xsrf::query_value;

/// What a filter understands; anything else is as if it were not there, since addresses are typed, too.
pub enum Takes {
    Text,
    OneOf(&'static [&'static str]),
}

/// A filter's name in the address, what it understands, and where that is kept.
pub type Field<'a> = (&'static str, Takes, &'a mut String);

/// The filters of a page.
pub trait Filters: Clone + Default {
    fn fields(&mut self) -> Vec<Field<'_>>;

    fn read(query: &str) -> Self {
        let mut filters = Self::default();
        for (key, takes, kept) in filters.fields() {
            let text = query_value(query, key).unwrap_or_default();
            let text = text.trim();
            let is_known = match takes {
                Takes::Text => true,
                Takes::OneOf(known) => known.contains(&text),
            };
            if is_known {
                text.clone_into(kept);
            }
        }
        filters
    }

    /// The list of these, from its beginning.
    fn link(&self, url: &str) -> Link {
        let mut link = Link::to(url);
        for (key, _, value) in self.clone().fields() {
            link = link.with(key, value);
        }
        link
    }
}

/// An address that grows.
pub struct Link(String);

impl Link {
    pub fn to(url: &str) -> Self {
        Self(url.to_owned())
    }

    /// What is empty need not be said.
    pub fn with(mut self, key: &str, value: impl Display) -> Self {
        let value = value.to_string();
        if !value.is_empty() {
            let sign = if self.0.contains('?') { '&' } else { '?' };
            let _ = write!(self.0, "{sign}{key}={}", escape::component(&value));
        }
        self
    }

    pub fn done(self) -> String {
        self.0
    }
}

/// For a query that asks by what was said only.
pub fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A list whose pages begin behind the last row of the page before.
pub struct Paged<F> {
    pub filters: F,
    pub after: Option<i64>,
}

impl<F: Filters> Paged<F> {
    pub fn read(query: &str) -> Self {
        // No larger number fits into the column.
        let after = query_value(query, "after").and_then(|after| after.trim().parse::<i32>().ok());
        Self {
            filters: F::read(query),
            after: after.map(i64::from),
        }
    }

    /// This very page.
    pub fn here(&self, url: &str) -> String {
        self.behind(url, self.after)
    }

    pub fn first(&self, url: &str) -> Option<String> {
        self.after.map(|_| self.behind(url, None))
    }

    /// The next page, if the one that was read with one row more than `most` is not the last; that row goes.
    pub fn next<T>(&self, url: &str, rows: &mut Vec<T>, most: i64, id: impl Fn(&T) -> i64) -> Option<String> {
        if !has_more(rows, most) {
            return None;
        }
        rows.pop();
        rows.last().map(|last| self.behind(url, Some(id(last))))
    }

    fn behind(&self, url: &str, after: Option<i64>) -> String {
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        self.filters.link(url).with("after", after).done()
    }
}

/// Whether one more was found than a page holds.
pub fn has_more<T>(rows: &[T], most: i64) -> bool {
    i64::try_from(rows.len()).is_ok_and(|count| count > most)
}

/// A list whose pages are counted.
pub struct Counted {
    pub offset: i64,
    pub most: i64,
}

impl Counted {
    pub fn read(query: &str, most: i64) -> Self {
        let offset = query_value(query, "offset").and_then(|text| text.trim().parse().ok());
        Self {
            offset: offset.unwrap_or(0).clamp(0, i64::MAX - most),
            most,
        }
    }

    pub fn previous(&self) -> Option<i64> {
        (self.offset > 0).then(|| (self.offset - self.most).max(0))
    }

    pub fn next(&self, total: i64) -> Option<i64> {
        (self.offset + self.most < total).then_some(self.offset + self.most)
    }
}

/// The head of a column: a click sorts by it, another click the other way round. Whoever looks for what happened last
/// wants that first.
pub fn column(key: &'static str, sort: &str, latest_first: bool, url: impl Fn(&str) -> String) -> Column {
    let (plain, turned) = (key.to_owned(), format!("-{key}"));
    let direction = match sort {
        _ if sort == plain => "ascending",
        _ if sort == turned => "descending",
        _ => "",
    };
    let (first, second) = if latest_first { (turned, plain) } else { (plain, turned) };
    Column {
        key,
        url: url(if sort == first { &second } else { &first }),
        direction,
    }
}

/// As a field for a date and a time has it; nothing where it is empty.
pub fn moment(text: &str) -> Result<Option<Timestamp>> {
    let wrong = || HttpError::bad_request("A time is a date and a time, such as 2026-12-24T18:00.");
    if text.trim().is_empty() {
        return Ok(None);
    }
    let time: DateTime = text.trim().parse().map_err(|_| wrong())?;
    let time = time.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
    // Nothing is older, and databases know no time that is much older.
    Ok(Some(time.timestamp().max(Timestamp::UNIX_EPOCH)))
}
