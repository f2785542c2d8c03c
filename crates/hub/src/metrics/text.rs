//! Metrics as Prometheus reads them: its text format, with the times of creation that JupyterHub's library adds.

use std::fmt::{Display, Write};

use super::kinds::{Counter, Histogram, Outcomes};

/// As the library that JupyterHub uses calls it.
pub const CONTENT_TYPE: &str = "text/plain; version=1.0.0; charset=utf-8";

/// A page of metrics on its way.
pub(super) struct Text {
    out: String,
    prefix: String,
}

impl Text {
    /// `prefix` stands before every name, up to the next [`prefix`](Self::prefix).
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            out: String::with_capacity(32 << 10),
            prefix: valid(prefix),
        }
    }

    pub(super) fn prefix(&mut self, prefix: &str) {
        self.prefix = valid(prefix);
    }

    pub(super) fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.gauges(name, help, [(String::new(), value)]);
    }

    pub(super) fn gauges(&mut self, name: &str, help: &str, values: impl IntoIterator<Item = (String, f64)>) {
        self.head(name, help, "gauge");
        for (labels, value) in values {
            self.sample(name, "", &labels, number(value));
        }
    }

    pub(super) fn counter(&mut self, name: &str, help: &str, counter: &Counter) {
        self.total(name, help, counter.value() as f64);
        let created = format!("{name}_created");
        self.gauge(&created, help, counter.created);
    }

    /// A counter whose beginning nobody knows.
    pub(super) fn total(&mut self, name: &str, help: &str, value: f64) {
        let total = format!("{name}_total");
        self.head(&total, help, "counter");
        self.sample(&total, "", "", number(value));
    }

    pub(super) fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.histograms(name, help, &[(String::new(), histogram)]);
    }

    pub(super) fn outcomes(&mut self, name: &str, help: &str, outcomes: &Outcomes) {
        let labels = outcomes.names.map(|name| label("status", name));
        let both: Vec<_> = labels.into_iter().zip(&outcomes.histograms).collect();
        self.histograms(name, help, &both);
    }

    pub(super) fn histograms(&mut self, name: &str, help: &str, histograms: &[(String, &Histogram)]) {
        self.head(name, help, "histogram");
        for (labels, histogram) in histograms {
            let mut count = 0;
            for (limit, upto) in histogram.buckets() {
                let comma = if labels.is_empty() { "" } else { "," };
                let labels = format!("{labels}{comma}le=\"{}\"", number(limit));
                self.sample(name, "_bucket", &labels, number(upto as f64));
                count = upto;
            }
            self.sample(name, "_count", labels, number(count as f64));
            self.sample(name, "_sum", labels, number(histogram.sum()));
        }
        let created = histograms
            .iter()
            .map(|(labels, histogram)| (labels.clone(), histogram.created));
        self.gauges(&format!("{name}_created"), help, created);
    }

    pub(super) fn end(self) -> String {
        self.out
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let prefix = &self.prefix;
        let _ = writeln!(self.out, "# HELP {prefix}{name} {help}\n# TYPE {prefix}{name} {kind}");
    }

    fn sample(&mut self, name: &str, suffix: &str, labels: &str, value: impl Display) {
        let prefix = &self.prefix;
        let _ = match labels {
            "" => writeln!(self.out, "{prefix}{name}{suffix} {value}"),
            labels => writeln!(self.out, "{prefix}{name}{suffix}{{{labels}}} {value}"),
        };
    }
}

/// `name="value"`, the value escaped.
pub(super) fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

fn number(value: f64) -> String {
    match value == f64::INFINITY {
        true => "+Inf".to_owned(),
        false => format!("{value:?}"),
    }
}

/// What can't stand in a metric's name becomes `_`.
fn valid(prefix: &str) -> String {
    let good = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    let prefix: String = prefix.chars().map(good).collect();
    match prefix.as_str() {
        "" => prefix,
        _ => prefix + "_",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_page_is_in_prometheus_words() {
        let histogram = Histogram::new(&[0.5, 1.0], Timestamp::UNIX_EPOCH);
        histogram.observe(Duration::from_millis(700));
        let mut text = Text::new("my hub");
        text.histograms("wait_seconds", "How long", &[(label("why", "a\"b"), &histogram)]);
        let expected = "\
# HELP my_hub_wait_seconds How long
# TYPE my_hub_wait_seconds histogram
my_hub_wait_seconds_bucket{why=\"a\\\"b\",le=\"0.5\"} 0.0
my_hub_wait_seconds_bucket{why=\"a\\\"b\",le=\"1.0\"} 1.0
my_hub_wait_seconds_bucket{why=\"a\\\"b\",le=\"+Inf\"} 1.0
my_hub_wait_seconds_count{why=\"a\\\"b\"} 1.0
my_hub_wait_seconds_sum{why=\"a\\\"b\"} 0.7
# HELP my_hub_wait_seconds_created How long
# TYPE my_hub_wait_seconds_created gauge
my_hub_wait_seconds_created{why=\"a\\\"b\"} 0.0
";
        assert_eq!(text.end(), expected);
    }
}
