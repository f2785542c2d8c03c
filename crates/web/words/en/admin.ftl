## Administration

admin-title = Administration
admin-people = People
admin-name = Name
admin-servers = Servers
admin-administrator = administrator
admin-never = never
admin-nobody = Nobody is like this. Change the filters, or show everybody.
roles-title = Roles
roles-lead = A role is a list of scopes. Whoever has the role, by themselves or by a group, may do what the scopes allow.
roles-none = There are no more roles.
roles-earlier = Earlier roles
roles-more = More roles
roles-new = A new role
roles-name-help = 3 to 255 of a-z, 0-9, and - _ . ~; begins with a letter.
roles-scopes-help = One in each line, such as { $example }. A role can’t allow more than you may do yourself.
roles-make = Make the role
role-all = All roles
role-allows = What it allows
role-for = What it is for
role-scopes = Scopes
role-scopes-help = One in each line. A change counts for all who have the role, at once.
role-no-scopes = no scopes
role-save = Save the role
role-delete = Delete this role
role-delete-help = Whoever has it loses it. This can’t be undone.
role-delete-it = Delete { $role }
role-holders = Who has it
role-user = user
role-group = group
role-service = service
role-given = given by { $by }
role-given-at = given by { $by }, { $time }
role-until = until { $time }
role-no-end = without an end
role-take = Take away
role-nobody = Nobody has it yet.
role-more = and { $count } more, which the API lists
role-give = Give it to somebody
role-kind = To a
role-end = Until
role-end-help = In UTC. Empty means for good.
role-give-submit = Give the role

## People on the administration page

admin-created = Created
admin-did-start = is on its way or runs
admin-did-stop = has stopped or is stopping
admin-did-remove = is deleted
admin-did-delete = is deleted
admin-did-admin = is an administrator
admin-did-plain = is no administrator
admin-did-add = has an account
admin-away = The hub doesn’t answer. Nothing here has changed; try again in a moment.
admin-unseen = You may open this page, but see nobody on it.
admin-search = Search by name
admin-any = Any
admin-state-active = On their way or running
admin-state-ready = Running
admin-state-inactive = None running
admin-rights = Administration
admin-rights-yes = Administrators
admin-rights-no = Others
admin-group = Group
admin-role = Role
admin-show = Show
admin-all = Show everybody
admin-delete-help = Their servers stop, their tokens and sessions end, and their files go to the trash.
admin-delete-sure = Delete for good
admin-delete-not = Keep them
admin-start-all = Start All
admin-stop-all = Stop All
admin-chosen = Those chosen:
admin-make-admin = Make administrators
admin-make-plain = Take administration away
admin-delete = Delete
admin-choose-all = Choose all on this page
admin-groups = Groups
admin-choose = Choose { $name }
admin-stop = Stop Server
admin-access = Access Server
admin-start = Start Server
admin-spawn = Spawn Page
admin-remove = Delete Server
admin-displaying = Displaying { $first }-{ $last } of { $total }
admin-previous = Previous
admin-next = Next
admin-add = Add Users
admin-add-names = Names
admin-add-help = One on each line. Whoever is here already is passed over.
admin-add-admins = They are administrators
admin-add-submit = Add them
admin-delete-title =
    { $count ->
        [one] Delete { $count } person?
       *[other] Delete { $count } people?
    }

## Groups

groups-manage = Manage Groups
groups-lead = Who is in a group has its roles, and what is shared with it.
groups-none = There are no more groups.
groups-new = A new group
groups-users = Members
groups-users-help = Names of people who are here, one on each line.
groups-make = Make the group
groups-all = All groups
groups-take = Take out
groups-empty = Nobody is in it yet.
groups-more = and { $count } more, which the API lists
groups-add = Add members
groups-properties = Properties
groups-delete = Delete this group
groups-delete-help = Its members stay, but lose its roles and what was shared with it. This can’t be undone.
groups-members =
    { $count ->
        [one] { $count } member
       *[other] { $count } members
    }
