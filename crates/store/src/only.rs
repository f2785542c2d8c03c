//! What a filtered scope lets somebody see, as a term of a query.

use crate::sql::Value;

/// People, members of groups, single servers; any of it suffices.
#[derive(Debug, Clone, Default)]
pub struct Only {
    pub users: Vec<String>,
    pub groups: Vec<String>,
    /// Names of an owner and a server.
    pub servers: Vec<(String, String)>,
}

/// The columns that tell whose a row is.
pub(crate) struct Columns {
    pub(crate) user_name: &'static str,
    pub(crate) user_id: &'static str,
    /// `None`: rows are about no server, so that nobody sees one by a server's filter.
    pub(crate) server: Option<&'static str>,
}

impl Only {
    pub(crate) fn term(&self, columns: &Columns, params: &mut Vec<Value>) -> String {
        let Columns {
            user_name,
            user_id,
            server,
        } = columns;
        let mut number = |name: &String| {
            params.push(name.into());
            format!("${}", params.len())
        };
        let users: Vec<String> = self.users.iter().map(&mut number).collect();
        let groups: Vec<String> = self.groups.iter().map(&mut number).collect();
        let mut any = Vec::new();
        if let Some(column) = server {
            any.extend(self.servers.iter().map(|(user, server)| {
                let (user, server) = (number(user), number(server));
                format!("{user_name} = {user} AND {column} = {server}")
            }));
        }
        if !users.is_empty() {
            any.push(format!("{user_name} IN ({})", users.join(", ")));
        }
        if !groups.is_empty() {
            any.push(format!(
                "EXISTS (SELECT 1 FROM user_group_map m JOIN groups g ON g.id = m.group_id \
                 WHERE m.user_id = {user_id} AND g.name IN ({}))",
                groups.join(", ")
            ));
        }
        match any.is_empty() {
            true => "FALSE".to_owned(),
            false => format!("({})", any.join(" OR ")),
        }
    }
}
