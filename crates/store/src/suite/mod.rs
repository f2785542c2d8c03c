//! The behaviour suite: what every database must do, run against each.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod access;
mod accounts;
mod announcements;
mod audit;
mod crossing;
mod groups;
mod homes;
mod keys;
mod letters;
mod opening;
mod overview;
mod people;
mod roles;
mod scim;
mod servers;
mod services;
mod shares;
mod together;
mod usage;
mod use_of;

use std::future::Future;
use std::pin::Pin;

use jiff::{SignedDuration, Timestamp};

use crate::roles::RoleSpec;
use crate::users::User;
use crate::{Db, OpenOptions, Stmt, Store, Value};

/// Where empty databases come from.
pub trait Databases: Sync {
    /// The URL of a new, empty database.
    fn fresh(&self) -> impl Future<Output = String>;

    /// The case is over: the database may go.
    fn discard(&self, url: &str) -> impl Future<Output = ()>;
}

type Case = fn(String) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($module:ident :: $name:ident),* $(,)?) => {
        &[$((concat!(stringify!($module), "::", stringify!($name)), |url| Box::pin($module::$name(url)))),*]
    };
}

const CASES: &[(&str, Case)] = cases![
    opening::an_empty_database_is_made_and_opened_again,
    opening::another_revision_is_refused_with_the_command,
    opening::a_stranger_is_refused,
    opening::a_newer_release_is_refused,
    opening::an_older_database_is_brought_up_to_date,
    opening::two_hubs_make_one_database,
    people::users_live,
    people::belongings_come_for_many_at_once,
    people::users_are_listed_in_pages,
    people::lists_keep_to_what_is_allowed,
    people::roles_follow_the_configuration,
    people::admins_are_in_step,
    people::scopes_come_from_roles_groups_and_shares,
    roles::roles_are_made_changed_and_removed,
    roles::the_configuration_leaves_roles_of_run_time_alone,
    roles::grants_end,
    roles::roles_are_given_at_sign_in,
    roles::what_jupyterhub_can_not_read_is_kept_aside,
    people::services_follow_the_configuration,
    services::services_are_made_and_deleted,
    services::a_managed_service_has_one_token_a_run,
    people::groups_are_made_and_filled,
    groups::groups_live,
    groups::groups_are_listed_in_pages,
    groups::a_user_is_in_the_groups_that_are_set,
    people::people_are_counted,
    access::a_token_is_found_by_its_text,
    access::tokens_end,
    access::a_token_for_a_session_goes_with_it,
    access::what_has_expired_is_purged,
    access::a_code_is_used_once,
    access::a_session_is_listed_and_ended,
    access::a_link_is_used_once,
    access::links_are_their_persons,
    access::sessions_are_found_by_their_method,
    access::nothing_is_left_of_who_is_deleted,
    access::what_is_kept_for_a_while_is_purged,
    access::passwords_and_facts_are_kept,
    accounts::a_code_is_used_once,
    accounts::failures_are_counted_on_all_hubs,
    accounts::one_of_a_name_waits,
    scim::everybody_has_an_id_for_good,
    scim::a_directorys_group_is_not_filled_at_sign_in,
    scim::who_is_suspended_has_nothing_left,
    scim::a_nonce_is_used_once,
    keys::a_passkey_counts_upwards,
    keys::a_question_is_answered_once,
    keys::a_program_gets_its_answer_once,
    letters::a_letter_is_taken_by_one_hub,
    letters::an_invitation_is_used_as_often_as_it_says,
    letters::people_are_found_by_their_mail_addresses,
    announcements::what_is_told_stands_for_its_time,
    usage::figures_are_added_kept_and_forgotten,
    usage::a_start_is_counted_once,
    usage::the_latest_look_is_found,
    usage::starts_tell_how_long_the_next_takes,
    audit::entries_are_read_in_pages,
    audit::no_entry_is_changed,
    audit::old_entries_are_purged,
    servers::a_server_starts_and_stops,
    servers::one_notice_of_a_kind_is_kept,
    servers::a_failure_is_kept_until_the_next_start,
    servers::running_servers_are_adopted,
    servers::what_jupyterhub_stopped_has_ended,
    servers::the_reconciler_sees_what_is_due_only,
    servers::progress_is_told_in_order_and_bounded,
    servers::what_is_asked_often_is_never_a_scan,
    servers::deleting_leaves_nothing_behind,
    servers::a_server_keeps_all_but_its_name,
    overview::servers_are_listed_in_pages_both_ways,
    overview::servers_are_found_by_what_they_are,
    overview::hubs_say_that_they_are_there,
    overview::a_hub_is_drained_until_it_is_not,
    homes::a_home_is_kept_whatever_happens_to_its_person,
    homes::nobody_gets_the_home_of_somebody_of_the_same_id,
    homes::steps_are_taken_once_and_in_order,
    homes::homes_are_listed_and_measured,
    crossing::a_stop_in_the_middle_of_prepare_is_kept,
    crossing::a_stop_in_the_middle_of_a_step_up_is_kept,
    crossing::a_stop_in_the_middle_of_an_end_takes_nothing_back,
    crossing::a_stop_in_the_middle_of_a_failure_keeps_why,
    crossing::a_step_in_the_middle_of_a_stop_keeps_the_wish,
    crossing::a_stop_and_an_end_adopt_one_server,
    together::the_epoch_moves_with_what_matters,
    shares::grants_add_up,
    shares::some_or_all_is_taken_back,
    shares::lists_come_in_parts,
    shares::what_jupyterhub_doubled_becomes_one,
    shares::what_has_ended_counts_no_more,
    shares::shares_follow_new_names,
    shares::codes_are_exchanged_and_counted,
    shares::racing_grants_make_one_share,
    shares::rights_are_never_a_scan,
    together::a_transaction_is_all_or_nothing,
    together::what_is_posted_comes_with_its_transaction,
    together::a_batch_is_all_or_nothing,
    together::who_gives_up_waiting_holds_nothing,
    together::a_lease_has_one_holder,
    together::racing_hubs_make_one_row,
    together::whoever_is_second_can_go_on,
    together::racing_wishes_start_once,
    together::no_write_is_lost,
    together::progress_from_two_hubs_is_numbered,
    use_of::a_plan_is_told_with_its_server,
    use_of::what_runs_is_counted_by_person_and_by_group,
    use_of::the_hours_of_a_person_add_up,
    use_of::what_was_started_last_and_how_long_it_took_is_known,
    use_of::one_at_a_time_passes_a_gate,
];

/// Runs every case on a database of its own; fails with the names of those that failed.
pub async fn run_all(databases: &impl Databases) {
    let mut failed = Vec::new();
    for (name, case) in CASES {
        let url = databases.fresh().await;
        if let Err(error) = tokio::spawn(case(url.clone())).await {
            failed.push(format!("{name}: {error}"));
        }
        databases.discard(&url).await;
    }
    assert!(
        failed.is_empty(),
        "{} of {} cases failed:\n{}",
        failed.len(),
        CASES.len(),
        failed.join("\n")
    );
}

async fn open(url: &str) -> Store {
    Store::open(url, OpenOptions::default()).await.unwrap()
}

/// The moment at which every case begins.
fn now() -> Timestamp {
    Timestamp::constant(1_795_219_200, 123_456_000)
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn role(name: &str, scopes: &[&str]) -> RoleSpec {
    RoleSpec {
        name: name.to_owned(),
        description: format!("Role {name}"),
        scopes: texts(scopes),
        ..RoleSpec::default()
    }
}

fn default_roles() -> Vec<RoleSpec> {
    vec![
        role("user", &["self"]),
        role("admin", &["admin:users", "admin:servers"]),
        role("server", &["users:activity!user", "access:servers!server"]),
        role("token", &["inherit"]),
    ]
}

async fn sync_roles(store: &Store, configured: &[RoleSpec]) -> crate::Result<()> {
    let tx = store.begin().await?;
    crate::roles::sync(&tx, &default_roles(), configured).await?;
    tx.commit().await
}

async fn user(store: &Store, name: &str) -> User {
    crate::users::create(store, name, false, &format!("cookie-{name}"), now())
        .await
        .unwrap()
}

/// Runs a statement of the test's own, as another program would.
async fn write(db: &impl Db, sql: &'static str, params: &[Value]) -> u64 {
    db.execute(&Stmt::write(sql), params).await.unwrap()
}

async fn count(db: &impl Db, sql: &'static str) -> i64 {
    db.one(&Stmt::read(sql), &[]).await.unwrap().unwrap()
}
