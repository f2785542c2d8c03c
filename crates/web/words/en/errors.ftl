## Pages about errors

# What stands around them
error-reference = An administrator finds it in the log under { $number }.
error-detail = For whoever helps you
# Where to go on
said-error-to-home = To your home page
said-error-to-login = Sign in
said-error-to-others = Sign in as somebody else
said-error-to-again = Try again
said-error-to-server = Start the server
# What happened, and what to do
said-error-form = This form has expired
said-error-form-what = It was open for a long time, or you have signed in or out since.
said-error-rights = You may not do this
said-error-rights-what = Your account lacks the right to do it.
said-error-rights-hint = Ask an administrator for it, or sign in as somebody who has it.
said-error-nothing = Nothing here
said-error-nothing-what = There is no page at this address.
said-error-nothing-hint = Check the address for a typing error, or go on from your home page.
said-error-hidden-what = There is nothing of this name, or you may not see it.
said-error-hidden-hint = Check the address. If somebody has given it to you, ask them whether you have access.
said-error-server = No way to this server
said-error-server-hint = Its owner or an administrator can give you access. Perhaps you are signed in as somebody else.
said-error-link = This link does not work any more
said-error-client = You can't be signed in there
said-error-client-what = What sent you here has not asked as it should.
said-error-client-hint = Go back to it, and begin again. If that does not help, tell whoever runs it what stands below.
said-error-fault = Something went wrong here
said-error-fault-what = The hub has met a fault of its own. Nothing that you did has caused it.
said-error-fault-hint = Try again. If it happens again, tell an administrator the number below, and when it was.
said-error-fault-plain = It could not be done.
said-error-fault-plain-hint = Try again. If it happens again, tell an administrator.
said-error-access = No access
said-error-access-what = You may not come in here. An administrator can change that.
said-error-method = This can't be asked here
said-error-method-what = There is something at this address, but nothing that takes such a request.
said-error-method-hint = Go on from your home page. If a program has sent the request, it has to be corrected there.
said-error-slow = That took too long
said-error-slow-what = The request did not arrive in time.
said-error-slow-hint = Check the network connection, and try again.
said-error-meanwhile = That can't be done now
said-error-meanwhile-what = Something else has changed meanwhile.
said-error-meanwhile-hint = Go back, reload the page, and see how things are.
said-error-large = That is too large
said-error-large-what = The request is larger than anything that is taken here.
said-error-large-hint = Send less at once. Files are uploaded in a running server.
said-error-stopped = The server does not run
said-error-stopped-what = It was stopped, or it has ended.
said-error-many = Too much at once
said-error-many-what = More was asked for than can be done at a time.
said-error-many-hint = Wait a moment, and try again.
said-error-away = Not available just now
said-error-away-what = Something that is needed for this does not answer.
said-error-away-hint = Try again in a moment. If it lasts, tell an administrator.
said-error-odd = This can't be done
said-error-odd-what = Something in the request is missing, or is not as it should be.
said-error-odd-hint = Go back and try again.
