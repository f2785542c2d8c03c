//! One order, from the account to the certificate.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, ExternalAccountKey, Identifier, KeyAuthorization,
    NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{crypto::ring::sign::any_supported_type, pki_types::PrivateKeyDer, sign::CertifiedKey};
use tracing::{info, warn};

use super::{
    super::{Tls, challenges::Challenges, pem::TlsError},
    Acme, Challenge, account_file, certificate_file, write_private,
};

/// For everything that an order takes.
const LONGEST: Duration = Duration::from_secs(300);
/// For each side to come to a decision.
const DECISION: Duration = Duration::from_secs(120);

/// Why no certificate came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OrderError {
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the authority: {0}")]
    Acme(#[from] instant_acme::Error),
    #[error("the authority does not offer {0}: set the other challenge")]
    NoChallenge(&'static str),
    #[error("the authority could not see that the name is ours: {0}")]
    Refused(String),
    #[error("the key of the external account is not base64url")]
    ExternalKey,
    #[error("the proof can't be made: {0}")]
    Proof(#[from] rcgen::Error),
    #[error("the proof's key can't be used: {0}")]
    ProofKey(#[from] rustls::Error),
    #[error("it took more than {LONGEST:?}")]
    Late,
}

pub(crate) async fn order(tls: &Tls, acme: &Acme, name: &str) -> Result<(), OrderError> {
    tokio::time::timeout(LONGEST, run(tls, acme, name))
        .await
        .map_err(|_| OrderError::Late)?
}

async fn run(tls: &Tls, acme: &Acme, name: &str) -> Result<(), OrderError> {
    let account = account(acme).await?;
    let identifiers = [Identifier::Dns(name.to_ascii_lowercase())];
    let mut order = match account.new_order(&NewOrder::new(&identifiers)).await {
        Err(error) if is_unknown_account(&error) => {
            warn!("the authority does not know the account any more: the next try makes another one");
            let _ = fs::remove_file(account_file(acme));
            return Err(error.into());
        }
        other => other?,
    };
    let _proofs = prove(tls, acme, &mut order).await?;
    let patience = RetryPolicy::default().timeout(DECISION);
    if order.poll_ready(&patience).await? == OrderStatus::Invalid {
        return Err(OrderError::Refused(reason(&mut order).await));
    }
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&patience).await?;
    write_private(&certificate_file(acme, name).cert, format!("{key}{chain}").as_bytes())?;
    Ok(())
}

fn is_unknown_account(error: &instant_acme::Error) -> bool {
    matches!(error, instant_acme::Error::Api(problem)
        if problem.r#type.as_deref().is_some_and(|kind| kind.ends_with(":accountDoesNotExist")))
}

/// The account that was made before, or a new one.
async fn account(acme: &Acme) -> Result<Account, OrderError> {
    let builder = match &acme.directory_ca {
        Some(file) => {
            super::pem::authorities(file)?;
            Account::builder_with_root(file)?
        }
        None => Account::builder()?,
    };
    let file = account_file(acme);
    let known = fs::read(&file).ok();
    if let Some(credentials) = known.and_then(|bytes| serde_json::from_slice::<AccountCredentials>(&bytes).ok()) {
        return Ok(builder.from_credentials(credentials).await?);
    }
    let contact = acme.email.as_ref().map(|email| format!("mailto:{email}"));
    let contacts: Vec<&str> = contact.as_deref().into_iter().collect();
    let external = acme
        .external_account
        .as_ref()
        .map(|external| {
            let key = external.key.expose().trim_end_matches('=');
            let key = BASE64_URL_SAFE_NO_PAD
                .decode(key)
                .map_err(|_| OrderError::ExternalKey)?;
            Ok::<_, OrderError>(ExternalAccountKey::new(external.id.clone(), &key))
        })
        .transpose()?;
    let asked = NewAccount {
        contact: &contacts,
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let (account, credentials) = builder
        .create(&asked, acme.directory.clone(), external.as_ref())
        .await?;
    let text = serde_json::to_vec(&credentials).map_err(instant_acme::Error::from)?;
    write_private(&file, &text)?;
    info!(directory = acme.directory, "an account at the authority has been made");
    Ok(account)
}

/// Shows what the authority wants to see; it is shown until the proofs are dropped.
async fn prove<'a>(tls: &'a Tls, acme: &Acme, order: &mut Order) -> Result<Vec<Proof<'a>>, OrderError> {
    let (kind, word) = match acme.challenge {
        Challenge::Http01 => (ChallengeType::Http01, "http-01"),
        Challenge::TlsAlpn01 => (ChallengeType::TlsAlpn01, "tls-alpn-01"),
    };
    let mut proofs = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let mut challenge = authorization
            .challenge(kind.clone())
            .ok_or(OrderError::NoChallenge(word))?;
        let answer = challenge.key_authorization();
        proofs.push(match acme.challenge {
            Challenge::Http01 => Proof::file(&tls.challenges, &challenge.token, &answer)?,
            Challenge::TlsAlpn01 => Proof::certificate(&tls.challenges, &challenge.identifier().to_string(), &answer)?,
        });
        challenge.set_ready().await?;
    }
    Ok(proofs)
}

/// Shown until dropped.
enum Proof<'a> {
    File(PathBuf),
    Certificate(&'a Challenges, String),
}

impl<'a> Proof<'a> {
    fn file(challenges: &Challenges, token: &str, answer: &KeyAuthorization) -> Result<Self, OrderError> {
        let file = challenges
            .file(token)
            .ok_or_else(|| OrderError::Refused("its token makes no sense".into()))?;
        write_private(&file, answer.as_str().as_bytes())?;
        Ok(Self::File(file))
    }

    fn certificate(challenges: &'a Challenges, name: &str, answer: &KeyAuthorization) -> Result<Self, OrderError> {
        let pair = KeyPair::generate()?;
        let mut params = CertificateParams::new([name.to_owned()])?;
        let digest = answer.digest();
        params
            .custom_extensions
            .push(CustomExtension::new_acme_identifier(digest.as_ref()));
        let certificate = params.self_signed(&pair)?;
        let key = any_supported_type(&PrivateKeyDer::Pkcs8(pair.serialize_der().into()))?;
        let shown = CertifiedKey::new(vec![certificate.der().clone()], key);
        challenges.show(name, Arc::new(shown));
        Ok(Self::Certificate(challenges, name.to_owned()))
    }
}

impl Drop for Proof<'_> {
    fn drop(&mut self) {
        match self {
            Self::File(file) => drop(fs::remove_file(file)),
            Self::Certificate(challenges, name) => challenges.hide(name),
        }
    }
}

/// What the authority has seen instead.
async fn reason(order: &mut Order) -> String {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else {
            continue;
        };
        if let Some(problem) = state.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
            return crate::log::cut(&problem.to_string()).to_string();
        }
    }
    "it gave no reason".into()
}
