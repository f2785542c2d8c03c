//! `[[auth]]` by which people come from a learning platform.

use std::collections::BTreeMap;
use std::path::PathBuf;

use perijove_model::Secret;
use url::Url;

use super::AuthRules;
use crate::section::section;
use crate::types::OneOrMany;

section! {
    /// People come from a learning platform (Moodle, Canvas and others) by LTI 1.3. One for each platform.
    pub struct LtiAuth with rules: AuthRules {
        /// The platform, as it calls itself.
        issuer: String = String::new(), required, example "\"https://moodle.example.org\"";
        /// What the platform calls this hub; several where it is registered there several times.
        client_id: OneOrMany<String> = OneOrMany(Vec::new()), required, example "\"Tq5pMrLZbPGBDTl\"";
        /// Where the platform says who somebody is.
        authorize_url: Option<Url> = None, required, example "\"https://moodle.example.org/mod/lti/auth.php\"";
        /// Where the platform's keys are.
        jwks_endpoint: Option<Url> = None, required, example "\"https://moodle.example.org/mod/lti/certs.php\"";
        /// The places there from which people may come, by their numbers.
        deployment_id: OneOrMany<String> = OneOrMany(Vec::new()), unset "all places of that platform", example "[\"1\"]";
        /// The claim with the name of the account. `custom_NAME` is one of the platform's own parameters; who has none is called as the platform does it (`sub`).
        username_key: String = "email".to_owned();
        /// The claim with the groups: `roles` (`Instructor`, `Learner`), `context.label` (the course), `custom_NAME`.
        groups_key: Option<String> = None, unset "it tells of no groups", example "\"roles\"";
        /// The algorithms by which the platform signs.
        jwks_algorithms: Vec<String> = vec!["RS256".to_owned()];
        /// What the platform calls this hub, if it reads `/hub/lti13/config`.
        tool_name: String = "Notebooks".to_owned();
        /// What it says of it there.
        tool_description: String = "Interactive notebooks on a server of your own".to_owned();
        /// A file with the certificates of authorities that the platform's is checked with, instead of the system's.
        ca_file: Option<PathBuf> = None, unset "the system's authorities", example "\"/etc/perijove/campus-ca.pem\"";
    }

    /// People come from a learning platform by LTI 1.1, which platforms give up. Take `lti` where you can.
    pub struct Lti11Auth with rules: AuthRules {
        /// Platforms: the key of each, and the secret that it signs with.
        consumers: BTreeMap<String, Secret> = BTreeMap::new(), required, example "{ moodle = \"a secret of 32 characters or more\" }";
        /// The field with the name of the account.
        username_key: Option<String> = None, unset "`custom_canvas_user_id` where it is there, else `user_id`", example "\"lis_person_contact_email_primary\"";
        /// The field with the groups.
        groups_key: Option<String> = None, unset "it tells of no groups", example "\"roles\"";
        /// What the platform calls this hub, if it reads `/hub/lti11/config`.
        config_title: String = "Notebooks".to_owned();
        /// What it says of it there.
        config_description: String = "Interactive notebooks on a server of your own".to_owned();
        /// A picture for it.
        config_icon: Option<Url> = None, unset "none", example "\"https://www.example.org/notebooks.png\"";
    }
}
