//! A real slapd with TLS on free ports of 127.0.0.1, run by whoever runs the tests.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

pub const BASE: &str = "dc=example,dc=org";
pub const ROOT: &str = "cn=root,dc=example,dc=org";
pub const ROOT_PASSWORD: &str = "root of the test's directory";

const ENTRIES: &str = "
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=former,ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: former

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups

dn: cn=searcher,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: searcher
userPassword: the searcher's

dn: uid=ann,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ann
cn: Ann
sn: Example
mail: ann@example.org
employeeType: staff
userPassword: ann's own

dn: uid=bob,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: bob
cn: Bob
sn: Example
userPassword: bob's own

dn: uid=we(i)rd\\2C*\\5C,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: we(i)rd,*\\
cn: Weird
sn: Example
userPassword: weird's own

dn: uid=twice,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: twice
cn: One
sn: Example
userPassword: of both

dn: uid=twice,ou=former,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: twice
cn: Other
sn: Example
userPassword: of both

dn: cn=staff,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: staff
member: uid=ann,ou=people,dc=example,dc=org
member: cn=everybody,ou=groups,dc=example,dc=org

dn: cn=employees,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: employees
member: cn=staff,ou=groups,dc=example,dc=org

dn: cn=everybody,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: everybody
member: cn=employees,ou=groups,dc=example,dc=org

dn: cn=others,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: others
member: uid=bob,ou=people,dc=example,dc=org
";

pub struct Directory {
    dir: TempDir,
    slapd: Child,
    pub plain: u16,
    pub tls: u16,
}

impl Directory {
    /// `None`, said aloud, where there is no slapd.
    pub fn start() -> Option<Self> {
        let Some(program) = ["/usr/sbin/slapd", "/usr/lib/openldap/slapd"]
            .into_iter()
            .find(|path| Path::new(path).exists())
        else {
            skipped("slapd is not installed: the sign-in by a real directory was not tried");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        let (plain, tls) = (free_port(), free_port());
        certificates(dir.path());
        std::fs::create_dir(dir.path().join("data")).unwrap();
        let config = dir.path().join("slapd.conf");
        std::fs::write(&config, configuration(dir.path())).unwrap();
        let entries = dir.path().join("entries.ldif");
        std::fs::write(&entries, ENTRIES.trim_start()).unwrap();
        let load = Command::new(program)
            .args(["-T", "add", "-f"])
            .arg(&config)
            .arg("-l")
            .arg(&entries)
            .output()
            .unwrap();
        assert!(load.status.success(), "{}", String::from_utf8_lossy(&load.stderr));
        let addresses = format!("ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{tls}");
        let slapd = Command::new(program)
            .args(["-d", "0", "-h", &addresses, "-f"])
            .arg(&config)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let directory = Self { dir, slapd, plain, tls };
        directory.wait();
        Some(directory)
    }

    fn wait(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        while std::net::TcpStream::connect(("127.0.0.1", self.tls)).is_err() {
            assert!(Instant::now() < until, "slapd does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn authority(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// One that has signed nothing here.
    pub fn other_authority(&self) -> PathBuf {
        self.dir.path().join("other-ca.pem")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(self.slapd.kill());
        drop(self.slapd.wait());
    }
}

/// Passwords are taken over TLS only.
fn configuration(dir: &Path) -> String {
    let at = dir.display();
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {at}/slapd.pid
TLSCACertificateFile {at}/ca.pem
TLSCertificateFile {at}/server.pem
TLSCertificateKeyFile {at}/server-key.pem
security simple_bind=64
sizelimit 100
database mdb
maxsize 16777216
suffix \"{BASE}\"
rootdn \"{ROOT}\"
rootpw \"{ROOT_PASSWORD}\"
directory {at}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous none
"
    )
}

fn certificates(dir: &Path) {
    let authority = |file: &str| {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        std::fs::write(dir.join(file), params.self_signed(&key).unwrap().pem()).unwrap();
        Issuer::new(params, key)
    };
    let ours = authority("ca.pem");
    authority("other-ca.pem");
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &ours).unwrap();
    std::fs::write(dir.join("server.pem"), certificate.pem()).unwrap();
    std::fs::write(dir.join("server-key.pem"), key.serialize_pem()).unwrap();
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn skipped(what: &str) {
    eprintln!("skipped: {what}");
    if let Ok(path) = std::env::var("PERIJOVE_SKIPPED") {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        writeln!(file, "{what}").unwrap();
    }
}
