## Administration

admin-title = Administration
admin-people = People
admin-lead =
    { $count ->
        [one] { $count } person. Everything else is done over the API.
       *[other] { $count } people. Everything else is done over the API.
    }
admin-name = Name
admin-servers = Servers
admin-default-server = Default server
admin-administrator = administrator
admin-never = never
admin-running =
    { $count ->
        [one] { $count } running
       *[other] { $count } running
    }
admin-none-running = none running
admin-nobody = There is nobody on this page, or you may not see them.
admin-earlier = Earlier names
admin-further = Further names
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
