//! One struct for each page: exactly what its template is given.
//!
//! All text is plain; templates escape it. The one exception is [`Spawn::spawner_options_form`], which is HTML.

mod account;
mod admin;
mod announcements;
mod audit;
mod device;
mod error;
mod gallery;
mod group;
mod health;
mod home;
mod join;
mod oauth;
mod onward;
mod person;
mod role;
mod server;
mod servers;
mod service;
mod share;
mod someone;
mod token;
mod tokens;
mod usage;

pub use account::{Login, LoginLink, Logout, Setup, SetupPurpose};
pub use admin::{Admin, AdminMay, AdminQuery, Column, Outcome, Person, PersonServer, ServerImage};
pub use announcements::{AnnouncementDraft, AnnouncementRow, Announcements};
pub use audit::{AuditLog, AuditQuery, AuditRow};
pub use device::{Device, DeviceAsks};
pub use error::{Error, ErrorLink};
pub use gallery::{Gallery, GalleryPage, GalleryView};
pub use group::{Group, GroupDraft, GroupLine, Groups};
pub use health::{Check, CheckState, DrainShown, Health, HubRow};
pub use home::{CardNotice, CardState, GroupQuotas, Home, Meter, RecentServer, ServerCard, SharedServer, Storage};
pub use join::{CaptchaBox, Confirm, Forgot, InvitationDraft, InvitationRow, Invitations};
pub use oauth::{OauthConfirm, ScopeLine};
pub use onward::{Field, Onward};
pub use person::{
    Account, ChangePassword, Codes, Email, LinkableRow, LinkedRow, PasskeyRow, Passkeys, Proposed, SessionRow, SignUp,
    Waiting, WaitingRow,
};
pub use role::{GrantLine, Role, RoleDraft, RoleLine, Roles};
pub use server::{ChoiceField, ChoiceLine, NotRunning, ProfileCard, ProfileCost, Spawn, SpawnPending, StopPending};
pub use servers::{ProfileName, ServerRow, Servers, ServersMay, ServersQuery, ShutDown};
pub use service::{
    AdminProfiles, AdminServices, ProfileLine, ServiceDraft, ServiceLine, SettingLine, Settings, SettingsSection,
};
pub use share::{AcceptShare, CodeLine, Named, ShareLine, ShareServer};
pub use someone::{HeldRole, HomeRow, LogRow, QuotaRow, ShareRow, Someone, SomeoneMay, Ways};
pub use token::{ClientRow, Expiration, Meaning, TokenRow, Tokens};
pub use tokens::{AllShares, AllTokens, AnyCode, AnyShare, AnyToken, TokensQuery};
pub use usage::{Cause, Tile, Usage, UsagePeriod};

/// What a careless template would let through: the samples carry it wherever a person can choose the text.
pub(crate) const NASTY: &str = r#"<script>alert("x")</script>'&"#;
