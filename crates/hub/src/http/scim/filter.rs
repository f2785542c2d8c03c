//! What directories ask by: attributes, and filters over them (RFC 7644, 3.4.2.2), held against documents in JSON.

use serde_json::{Map, Value};

use super::error::ScimError;

/// What is said of people at work, under a name of its own.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CORE: [&str; 2] = [
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:core:2.0:Group",
];
/// Longer ones are not read.
const LONGEST: usize = 4096;
const DEEPEST: usize = 16;
const MOST_TERMS: usize = 64;
/// Whose case counts: ids are not words.
const EXACT: [&str; 5] = ["id", "externalid", "members", "groups", "meta"];

/// An attribute, from the outside to the inside: `name.givenName` has two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute(pub Vec<String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Present(Attribute),
    Compare(Attribute, Operator, Value),
    /// `emails[type eq "work"]`: one of several is so.
    Within(Attribute, Box<Filter>),
}

/// What an operation of `PATCH` is about: an attribute, perhaps some of its values only, perhaps a part of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub attribute: Attribute,
    pub only: Option<Filter>,
    pub part: Option<String>,
}

impl Attribute {
    fn read(text: &str) -> Option<Self> {
        let plain = |name: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$');
            !name.is_empty() && name.chars().all(allowed)
        };
        if text.eq_ignore_ascii_case(ENTERPRISE) {
            return Some(Self(vec![ENTERPRISE.to_owned()]));
        }
        let (schema, rest) = match text.rfind(':') {
            Some(colon) => (Some(&text[..colon]), &text[colon + 1..]),
            None => (None, text),
        };
        let mut parts: Vec<String> = Vec::new();
        match schema {
            None => {}
            Some(schema) if schema.eq_ignore_ascii_case(ENTERPRISE) => parts.push(ENTERPRISE.to_owned()),
            Some(schema) if CORE.iter().any(|core| schema.eq_ignore_ascii_case(core)) => {}
            // An extension that is not known here: its attributes are nobody's.
            Some(schema) if schema.starts_with("urn:") => parts.push(schema.to_owned()),
            Some(_) => return None,
        }
        for name in rest.split('.') {
            if !plain(name) {
                return None;
            }
            parts.push(name.to_owned());
        }
        (parts.len() <= 4).then_some(Self(parts))
    }

    /// All values of it in a document.
    #[must_use]
    pub fn values<'a>(&self, document: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![document];
        for name in &self.0 {
            let inner = found.into_iter().filter_map(|value| get(value.as_object()?, name));
            found = inner.flat_map(each).collect();
        }
        found
    }

    /// Whether it is this one.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        matches!(self.0.as_slice(), [only] if only.eq_ignore_ascii_case(name))
    }

    fn is_exact(&self) -> bool {
        let first = self.0.first().map(|name| name.to_ascii_lowercase());
        first.is_some_and(|first| EXACT.contains(&first.as_str()))
    }
}

/// Names of attributes are the same in any case.
#[must_use]
pub fn get<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let found = object.get(name);
    found.or_else(|| Some(object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1))
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

impl Filter {
    /// # Errors
    /// It can't be read.
    pub fn read(text: &str) -> Result<Self, ScimError> {
        let mut reader = Reader::new(text)?;
        let filter = reader.any()?;
        reader.end()?;
        Ok(filter)
    }

    #[must_use]
    pub fn fits(&self, document: &Value) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.fits(document)),
            Self::Or(any) => any.iter().any(|one| one.fits(document)),
            Self::Not(one) => !one.fits(document),
            Self::Present(attribute) => attribute.values(document).iter().any(|value| is_something(value)),
            Self::Within(attribute, inner) => attribute.values(document).iter().any(|value| inner.fits(value)),
            Self::Compare(attribute, Operator::NotEqual, wanted) => !holds(
                &attribute.values(document),
                Operator::Equal,
                wanted,
                attribute.is_exact(),
            ),
            Self::Compare(attribute, operator, wanted) => {
                holds(&attribute.values(document), *operator, wanted, attribute.is_exact())
            }
        }
    }

    /// What an attribute must be for the whole to hold, where that is said.
    #[must_use]
    pub fn demands(&self, name: &str) -> Option<&str> {
        match self {
            Self::And(all) => all.iter().find_map(|one| one.demands(name)),
            Self::Compare(attribute, Operator::Equal, Value::String(wanted)) if attribute.is(name) => Some(wanted),
            _ => None,
        }
    }

    /// What something has to be like to fit, where that is said as plainly as `type eq "work"`.
    #[must_use]
    pub fn described(&self) -> Option<Map<String, Value>> {
        match self {
            Self::And(all) => {
                let mut whole = Map::new();
                for one in all {
                    whole.extend(one.described()?);
                }
                Some(whole)
            }
            Self::Compare(Attribute(parts), Operator::Equal, wanted) => match parts.as_slice() {
                [name] => Some(Map::from_iter([(name.clone(), wanted.clone())])),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    }
}

fn holds(values: &[&Value], operator: Operator, wanted: &Value, exact: bool) -> bool {
    if wanted.is_null() {
        return operator == Operator::Equal && values.is_empty();
    }
    values.iter().any(|value| {
        // Of a value with parts, `value` is meant.
        let value = value
            .as_object()
            .and_then(|object| get(object, "value"))
            .unwrap_or(value);
        compare(value, operator, wanted, exact)
    })
}

fn compare(value: &Value, operator: Operator, wanted: &Value, exact: bool) -> bool {
    use std::cmp::Ordering;
    let folded = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
    let order = match (value, wanted) {
        (Value::String(value), Value::String(wanted)) => {
            let (value, wanted) = (folded(value), folded(wanted));
            match operator {
                Operator::Contains => return value.contains(&wanted),
                Operator::StartsWith => return value.starts_with(&wanted),
                Operator::EndsWith => return value.ends_with(&wanted),
                _ => value.cmp(&wanted),
            }
        }
        (Value::Number(value), Value::Number(wanted)) => {
            match value.as_f64().zip(wanted.as_f64()).and_then(|(a, b)| a.partial_cmp(&b)) {
                Some(order) => order,
                None => return false,
            }
        }
        // Some say "True".
        (Value::Bool(value), wanted) => match truth(wanted) {
            Some(wanted) => return operator == Operator::Equal && *value == wanted,
            None => return false,
        },
        _ => return false,
    };
    match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::Greater => order == Ordering::Greater,
        Operator::GreaterOrEqual => order != Ordering::Less,
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::NotEqual | Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
    }
}

/// Yes or no, also as a word.
#[must_use]
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

impl Target {
    /// # Errors
    /// It can't be read.
    pub fn read(text: &str) -> Result<Self, ScimError> {
        let wrong = || ScimError::path(text);
        let (before, rest) = match text.find('[') {
            Some(open) => (&text[..open], Some(&text[open + 1..])),
            None => (text, None),
        };
        let attribute = Attribute::read(before.trim()).ok_or_else(wrong)?;
        let Some(rest) = rest else {
            return Ok(Self {
                attribute,
                only: None,
                part: None,
            });
        };
        let close = rest.rfind(']').ok_or_else(wrong)?;
        let part = match &rest[close + 1..] {
            "" => None,
            part => {
                let part = part.strip_prefix('.').ok_or_else(wrong)?;
                match Attribute::read(part).map(|Attribute(parts)| parts).as_deref() {
                    Some([part]) => Some(part.clone()),
                    _ => return Err(wrong()),
                }
            }
        };
        Ok(Self {
            attribute,
            only: Some(Filter::read(&rest[..close]).map_err(|_| wrong())?),
            part,
        })
    }
}

/// Reads a filter from left to right.
struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    depth: usize,
    terms: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, ScimError> {
        let reader = Self {
            text,
            rest: text,
            depth: 0,
            terms: 0,
        };
        match text.len() {
            0..=LONGEST => Ok(reader),
            _ => Err(reader.wrong()),
        }
    }

    fn wrong(&self) -> ScimError {
        ScimError::filter(self.text)
    }

    fn any(&mut self) -> Result<Filter, ScimError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong());
        }
        let mut any = vec![self.all()?];
        while self.word("or") {
            any.push(self.all()?);
        }
        self.depth -= 1;
        Ok(one_or(any, Filter::Or))
    }

    fn all(&mut self) -> Result<Filter, ScimError> {
        let mut all = vec![self.term()?];
        while self.word("and") {
            all.push(self.term()?);
        }
        Ok(one_or(all, Filter::And))
    }

    fn term(&mut self) -> Result<Filter, ScimError> {
        self.terms += 1;
        if self.terms > MOST_TERMS {
            return Err(self.wrong());
        }
        self.space();
        let before = self.rest;
        if self.word("not") {
            self.space();
            if self.rest.starts_with('(') {
                return Ok(Filter::Not(Box::new(self.in_brackets('(', ')')?)));
            }
            self.rest = before;
        }
        if self.rest.starts_with('(') {
            return self.in_brackets('(', ')');
        }
        let attribute = self.attribute()?;
        if !self.rest.starts_with('[') {
            return self.said_of(attribute);
        }
        let inner = self.in_brackets('[', ']')?;
        // `emails[type eq "work"].value eq "x"` is none of the standard's, and asked for all the same.
        let inner = match self.rest.strip_prefix('.') {
            None => inner,
            Some(rest) => {
                self.rest = rest;
                let part = self.attribute()?;
                Filter::And(vec![inner, self.said_of(part)?])
            }
        };
        Ok(Filter::Within(attribute, Box::new(inner)))
    }

    fn said_of(&mut self, attribute: Attribute) -> Result<Filter, ScimError> {
        if self.word("pr") {
            return Ok(Filter::Present(attribute));
        }
        let operator = self.operator()?;
        Ok(Filter::Compare(attribute, operator, self.value()?))
    }

    fn in_brackets(&mut self, open: char, close: char) -> Result<Filter, ScimError> {
        self.rest = self.rest.strip_prefix(open).ok_or_else(|| self.wrong())?;
        let inner = self.any()?;
        self.space();
        self.rest = self.rest.strip_prefix(close).ok_or_else(|| self.wrong())?;
        Ok(inner)
    }

    fn attribute(&mut self) -> Result<Attribute, ScimError> {
        let end = self
            .rest
            .find([' ', '[', ']', '(', ')', '"'])
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let attribute = Attribute::read(name).ok_or_else(|| self.wrong())?;
        self.rest = rest;
        Ok(attribute)
    }

    fn operator(&mut self) -> Result<Operator, ScimError> {
        let known = [
            ("eq", Operator::Equal),
            ("ne", Operator::NotEqual),
            ("co", Operator::Contains),
            ("sw", Operator::StartsWith),
            ("ew", Operator::EndsWith),
            ("gt", Operator::Greater),
            ("ge", Operator::GreaterOrEqual),
            ("lt", Operator::Less),
            ("le", Operator::LessOrEqual),
        ];
        let found = known.iter().find(|(word, _)| self.word(word));
        found.map(|(_, operator)| *operator).ok_or_else(|| self.wrong())
    }

    /// A value as JSON has it, with nothing that has parts.
    fn value(&mut self) -> Result<Value, ScimError> {
        self.space();
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Value>();
        let value = match values.next() {
            Some(Ok(value)) if !value.is_array() && !value.is_object() => value,
            // `True`, as some write it.
            _ => {
                for (word, value) in [("true", true), ("false", false)] {
                    if self.word(word) {
                        return Ok(Value::Bool(value));
                    }
                }
                return Err(self.wrong());
            }
        };
        self.rest = &self.rest[values.byte_offset()..];
        Ok(value)
    }

    /// Whether this word comes next; then it is behind us.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(head) = rest.get(..word.len()) else {
            return false;
        };
        let after = &rest[word.len()..];
        let ends = after
            .chars()
            .next()
            .is_none_or(|next| matches!(next, ' ' | '(' | ')' | ']'));
        let found = head.eq_ignore_ascii_case(word) && ends;
        if found {
            self.rest = after;
        }
        found
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn end(&mut self) -> Result<(), ScimError> {
        self.space();
        match self.rest {
            "" => Ok(()),
            _ => Err(self.wrong()),
        }
    }
}

fn one_or(mut several: Vec<Filter>, made: fn(Vec<Filter>) -> Filter) -> Filter {
    match several.len() {
        1 => several.remove(0),
        _ => made(several),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ada() -> Value {
        json!({
            "id": "7", "userName": "Ada", "active": true, "externalId": "AbC",
            "name": { "givenName": "Ada", "familyName": "Lovelace" },
            "emails": [
                { "value": "ada@home.example", "type": "home" },
                { "value": "ada@work.example", "type": "work", "primary": true },
            ],
            "meta": { "lastModified": "2026-11-22T01:00:00Z" },
            ENTERPRISE: { "department": "Engines" },
        })
    }

    #[track_caller]
    fn fits(filter: &str) -> bool {
        Filter::read(filter).unwrap().fits(&ada())
    }

    #[test]
    fn what_directories_ask() {
        for filter in [
            r#"userName eq "ada""#,
            r#"username EQ "ADA""#,
            r#"externalId eq "AbC" and active eq true"#,
            "active eq True",
            r#"active eq "true""#,
            r#"emails eq "ada@work.example""#,
            r#"emails.value ew "@work.example""#,
            r#"emails[type eq "work" and value co "@work"]"#,
            r#"emails[type eq "work"].value eq "ada@work.example""#,
            r#"emails[type eq "work"] and not (userName sw "b")"#,
            "name.familyName pr",
            r#"userName eq "bob" or (name.givenName co "d" and id ne "8")"#,
            r#"meta.lastModified gt "2026-11-21T00:00:00Z""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "engines""#,
            "title eq null",
            r#"userName ne "bob""#,
        ] {
            assert!(fits(filter), "{filter}");
        }
        for filter in [
            r#"userName eq "bob""#,
            r#"externalId eq "abc""#,
            "active eq false",
            "title pr",
            r#"emails[type eq "work" and value co "@home"]"#,
            r#"emails[type eq "work"].value eq "ada@home.example""#,
            r#"userName eq "bob" or id eq "8""#,
            r#"not (userName eq "ada")"#,
            r#"title co "x""#,
        ] {
            assert!(!fits(filter), "{filter}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        let deep = format!("{}userName pr{}", "(".repeat(40), ")".repeat(40));
        let long = format!("userName eq \"{}\"", "x".repeat(5000));
        let many = vec!["userName pr"; 100].join(" or ");
        for filter in [
            "",
            "userName",
            "userName eq",
            "userName is \"x\"",
            "userName eq \"x",
            "userName eq \"x\" and",
            "(userName pr",
            "userName pr)",
            "emails[type eq \"x\"",
            "a b c",
            "userName eq {\"a\":1}",
            "é eq 1",
            &deep,
            &long,
            &many,
        ] {
            assert!(Filter::read(filter).is_err(), "{filter}");
        }
    }

    #[test]
    fn what_must_be_is_found() {
        let filter = Filter::read(r#"active eq true and userName eq "Ada""#).unwrap();
        assert_eq!(filter.demands("username"), Some("Ada"));
        let filter = Filter::read(r#"active eq true or userName eq "Ada""#).unwrap();
        assert_eq!(filter.demands("userName"), None);
    }

    #[test]
    fn targets() {
        let target = Target::read(r#"emails[type eq "work"].value"#).unwrap();
        assert_eq!(target.part.as_deref(), Some("value"));
        assert_eq!(target.only.unwrap().described().unwrap()["type"], "work");
        let target = Target::read("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value").unwrap();
        assert_eq!(target.attribute.0, [ENTERPRISE, "manager", "value"]);
        for bad in [
            "",
            "emails[",
            "emails[]",
            "emails[type eq \"x\"]value",
            "a b",
            "../etc",
            "a..b",
        ] {
            assert!(Target::read(bad).is_err(), "{bad}");
        }
    }
}
