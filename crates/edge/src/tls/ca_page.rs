//! The page that tells how to trust the edge's own authority, and the authority to download.

use bytes::Bytes;
use http::{
    HeaderValue, Response,
    header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};

use super::authority::Authority;

pub(crate) const PAGE: &str = "/_perijove/ca";
pub(crate) const FILE: &str = "/_perijove/ca.pem";

/// The answer to one of the two paths.
pub(crate) fn answer(authority: &Authority, path: &str) -> Option<Response<Bytes>> {
    let (kind, body) = match path {
        PAGE => ("text/html; charset=utf-8", page(authority)),
        FILE => ("application/x-x509-ca-cert", authority.pem.clone()),
        _ => return None,
    };
    let mut response = Response::new(Bytes::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if path == FILE {
        let name = HeaderValue::from_static("attachment; filename=\"perijove-ca.pem\"");
        headers.insert(CONTENT_DISPOSITION, name);
    } else {
        let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    Some(response)
}

fn page(authority: &Authority) -> String {
    let Authority { fingerprint, until, .. } = authority;
    let until = until.strftime("%F");
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trust this platform</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }}
code {{ overflow-wrap: anywhere; }}
pre {{ overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: .25rem; }}
dt {{ font-weight: 600; margin-top: 1rem; }}
dd {{ margin: 0; }}
</style>
</head>
<body>
<h1>Trust this platform</h1>
<p>The certificate of this platform comes from an authority of its own, which your browser does not know. Tell it once,
and its warning is gone on this machine until {until}.</p>
<ol>
<li>Download <a href="{FILE}">the authority's certificate</a>.</li>
<li>Compare its SHA-256 fingerprint with the one that your administrator gives you by another way. If they differ,
somebody is between you and the platform: stop here.<br><code>{fingerprint}</code></li>
<li>Add it to the authorities that your system trusts, as below. Then close the browser and open it again.</li>
</ol>
<dl>
<dt>Windows</dt>
<dd>Rename the file to <code>perijove-ca.crt</code> and open it. Choose Install Certificate, Current User, Place all
certificates in the following store, Trusted Root Certification Authorities.</dd>
<dt>macOS</dt>
<dd>Open the file: Keychain Access adds it. Open its entry there, and under Trust choose Always Trust.</dd>
<dt>Debian, Ubuntu</dt>
<dd><pre>sudo cp perijove-ca.pem /usr/local/share/ca-certificates/perijove-ca.crt
sudo update-ca-certificates</pre></dd>
<dt>Fedora, Red Hat</dt>
<dd><pre>sudo trust anchor perijove-ca.pem</pre></dd>
<dt>Chrome and Chromium on Linux</dt>
<dd>Settings, Privacy and security, Security, Manage certificates, Authorities, Import.</dd>
<dt>Firefox</dt>
<dd>Settings, Privacy &amp; Security, View Certificates, Authorities, Import; mark Trust this CA to identify
websites.</dd>
<dt>iPhone, iPad</dt>
<dd>Open the file, then Settings, Profile Downloaded, Install. Then Settings, General, About, Certificate Trust Settings:
switch it on.</dd>
<dt>Android</dt>
<dd>Settings, Security, Encryption &amp; credentials, Install a certificate, CA certificate.</dd>
<dt>Python, pip, git, curl</dt>
<dd><pre>export SSL_CERT_FILE=$PWD/perijove-ca.pem</pre></dd>
</dl>
<p>To check the fingerprint of the file: <code>openssl x509 -in perijove-ca.pem -noout -fingerprint -sha256</code></p>
</body>
</html>
"#
    )
}
