//! The page of metrics: first what configurable-http-proxy tells, by its names, then what only this edge knows.

use super::{
    Facts,
    counts::{Event, LIMITS, Statuses, Sum, Times},
    text::Text,
};

/// As the library that configurable-http-proxy uses tells them.
const QUANTILES: [f64; 7] = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

const REFUSED: [(Event, &str); 6] = [
    (Event::RefusedCrowd, "crowd"),
    (Event::RefusedConnections, "connections"),
    (Event::RefusedRequests, "requests"),
    (Event::RefusedProxy, "proxy_protocol"),
    (Event::RefusedSlow, "slow"),
    (Event::RefusedRequest, "malformed"),
];

pub(super) fn page(sum: &Sum<'_>, facts: &Facts, log_dropped: u64) -> String {
    let mut text = Text::default();
    of_configurable_http_proxy(&mut text, sum);
    process(&mut text, facts);
    requests(&mut text, sum);
    connections(&mut text, sum);
    let labels = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    text.head("perijove_edge_build_info", "gauge", "The release that runs.");
    text.sample("perijove_edge_build_info", &labels, 1);
    text.gauge("perijove_edge_routes", "Routes in the table.", facts.routes);
    text.gauge(
        "perijove_edge_draining",
        "1 from the moment the edge was told to end.",
        u8::from(facts.draining),
    );
    text.counter(
        "perijove_edge_access_log_dropped_total",
        "Lines of the access log that could not be written.",
        log_dropped,
    );
    text.end()
}

fn of_configurable_http_proxy(text: &mut Text, sum: &Sum<'_>) {
    let counters = [
        (
            "api_route_get",
            "Reads of the routes through the API.",
            Event::RoutesRead,
        ),
        ("api_route_add", "Routes added through the API.", Event::RouteAdded),
        (
            "api_route_delete",
            "Routes removed through the API.",
            Event::RouteRemoved,
        ),
    ];
    for (name, help, event) in counters {
        text.counter(name, help, sum.event(event));
    }
    summary(
        text,
        "find_target_for_req",
        "Seconds to find a request's target.",
        &sum.samples(|counts| &counts.look_ups),
    );
    summary(
        text,
        "last_activity_updating",
        "Seconds to note that a route was used.",
        &sum.samples(|counts| &counts.touches),
    );
    let forwarded = sum.statuses(Statuses::Forwarded);
    let web = forwarded.iter().map(|(_, count)| count).sum();
    text.counter(
        "requests_ws",
        "Websockets and other tunnels.",
        sum.event(Event::TunnelOpened),
    );
    text.counter("requests_web", "Requests that are no tunnels.", web);
    by_status(text, "requests_proxy", "Answered requests by status.", &forwarded);
    by_status(
        text,
        "requests_api",
        "Calls of the API by status.",
        &sum.statuses(Statuses::Api),
    );
}

fn summary(text: &mut Text, name: &str, help: &str, times: &Times) {
    text.head(name, "summary", help);
    for part in QUANTILES {
        text.sample(name, &format!("quantile=\"{part}\""), times.quantile(part));
    }
    text.sample(&format!("{name}_sum"), "", times.seconds());
    text.sample(&format!("{name}_count"), "", times.count);
}

fn by_status(text: &mut Text, name: &str, help: &str, statuses: &[(u16, u64)]) {
    text.head(name, "counter", help);
    for (status, count) in statuses {
        text.sample(name, &format!("status=\"{status}\""), count);
    }
}

fn process(text: &mut Text, facts: &Facts) {
    let Some(process) = &facts.process else { return };
    text.one(
        "process_cpu_seconds_total",
        "counter",
        "CPU time that was used.",
        process.cpu_seconds,
    );
    text.gauge("process_start_time_seconds", "When the process began.", process.started);
    text.gauge(
        "process_resident_memory_bytes",
        "Memory in use.",
        process.resident_bytes,
    );
    text.gauge(
        "process_virtual_memory_bytes",
        "Address space in use.",
        process.virtual_bytes,
    );
    text.gauge("process_open_fds", "Open files and connections.", process.open_files);
    text.gauge(
        "process_max_fds",
        "Most open files and connections.",
        process.most_files,
    );
}

fn requests(text: &mut Text, sum: &Sum<'_>) {
    let name = "perijove_edge_requests_total";
    text.head(name, "counter", "Answered requests by class of status.");
    let mut classes = [0; 5];
    for kind in [Statuses::Forwarded, Statuses::Own] {
        for (status, count) in sum.statuses(kind) {
            classes[usize::from(status / 100) - 1] += count;
        }
    }
    for (class, count) in (1..).zip(classes) {
        text.sample(name, &format!("class=\"{class}xx\""), count);
    }
    let name = "perijove_edge_request_duration_seconds";
    text.head(name, "histogram", "From a request's head to the end of its answer.");
    let (upto, took) = sum.durations();
    for (limit, count) in LIMITS.iter().zip(upto) {
        text.sample(
            &format!("{name}_bucket"),
            &format!("le=\"{}\"", limit.as_secs_f64()),
            count,
        );
    }
    let all = upto[LIMITS.len()];
    text.sample(&format!("{name}_bucket"), "le=\"+Inf\"", all);
    text.sample(&format!("{name}_sum"), "", took.as_secs_f64());
    text.sample(&format!("{name}_count"), "", all);
    let name = "perijove_edge_refused_total";
    text.head(
        name,
        "counter",
        "Clients and requests that were turned away, by reason.",
    );
    for (event, why) in REFUSED {
        text.sample(name, &format!("why=\"{why}\""), sum.event(event));
    }
    text.counter(
        "perijove_edge_received_bytes_total",
        "Bytes of bodies and tunnels from clients.",
        sum.received(),
    );
    text.counter(
        "perijove_edge_sent_bytes_total",
        "Bytes of bodies and tunnels to clients.",
        sum.sent(),
    );
}

fn connections(text: &mut Text, sum: &Sum<'_>) {
    let open = [
        (
            "perijove_edge_connections",
            "Connections of clients",
            Event::ClientCame,
            Event::ClientLeft,
        ),
        (
            "perijove_edge_tunnels",
            "Websockets and other tunnels",
            Event::TunnelOpened,
            Event::TunnelClosed,
        ),
        (
            "perijove_edge_upstream_connections",
            "Connections to targets",
            Event::UpstreamOpened,
            Event::UpstreamClosed,
        ),
    ];
    for (name, what, came, left) in open {
        text.gauge(name, &format!("{what} that are open."), sum.open(came, left));
        text.counter(
            &format!("{name}_total"),
            &format!("{what} since the start."),
            sum.event(came),
        );
    }
    text.counter(
        "perijove_edge_upstream_reused_total",
        "Requests that went out on a kept connection.",
        sum.event(Event::UpstreamReused),
    );
    text.counter(
        "perijove_edge_upstream_failed_total",
        "Connections to targets that did not come about.",
        sum.event(Event::UpstreamFailed),
    );
    let name = "perijove_edge_tls_handshakes_total";
    text.head(name, "counter", "TLS handshakes with clients.");
    for (event, result) in [(Event::TlsDone, "done"), (Event::TlsFailed, "failed")] {
        text.sample(name, &format!("result=\"{result}\""), sum.event(event));
    }
}
