## Pages about errors

# What stands around them
error-reference = Un administrador lo encuentra en el registro con el número { $number }.
error-detail = Para quien le ayude
# Where to go on
said-error-to-home = Página de inicio
said-error-to-login = Iniciar sesión
said-error-to-others = Entrar con otra cuenta
said-error-to-again = Reintentar
said-error-to-server = Iniciar el servidor
# What happened, and what to do
said-error-form = Este formulario ha caducado
said-error-form-what = Estuvo mucho tiempo abierto, o desde entonces ha iniciado o cerrado sesión.
said-error-rights = No tiene permiso para esto
said-error-rights-what = A su cuenta le falta el permiso para hacerlo.
said-error-rights-hint = Pídalo a un administrador, o entre con una cuenta que lo tenga.
said-error-nothing = Aquí no hay nada
said-error-nothing-what = No hay ninguna página en esta dirección.
said-error-nothing-hint = Compruebe la dirección, o siga desde su página de inicio.
said-error-hidden-what = No hay nada con este nombre, o usted no puede verlo.
said-error-hidden-hint = Compruebe la dirección. Si alguien se la dio, pregúntele si usted tiene acceso.
said-error-server = No hay acceso a este servidor
said-error-server-hint = Su dueño o un administrador puede darle acceso. Quizá ha entrado con otra cuenta.
said-error-link = Este enlace ya no vale
said-error-client = No se puede iniciar su sesión allí
said-error-client-what = Lo que le envió aquí no preguntó como debe.
said-error-client-hint = Vuelva allí, y empiece de nuevo. Si no ayuda, diga a quien lo gestiona lo que está abajo.
said-error-fault = Algo ha fallado aquí
said-error-fault-what = El hub tiene un fallo propio. No lo ha causado usted.
said-error-fault-hint = Reintente. Si vuelve a ocurrir, diga a un administrador el número de abajo y cuándo fue.
said-error-fault-plain = No se pudo hacer.
said-error-fault-plain-hint = Reintente. Si vuelve a ocurrir, avise a un administrador.
said-error-access = Sin acceso
said-error-access-what = No puede entrar aquí. Un administrador puede cambiarlo.
said-error-method = Esto no se puede pedir aquí
said-error-method-what = Hay algo en esta dirección, pero nada que acepte una petición así.
said-error-method-hint = Siga desde su página de inicio. Si la petición la envió un programa, hay que corregirla allí.
said-error-slow = Tardó demasiado
said-error-slow-what = La petición no llegó a tiempo.
said-error-slow-hint = Compruebe la conexión de red, y reintente.
said-error-meanwhile = Ahora no se puede
said-error-meanwhile-what = Entretanto ha cambiado otra cosa.
said-error-meanwhile-hint = Vuelva atrás, recargue la página, y vea cómo está todo.
said-error-large = Es demasiado grande
said-error-large-what = La petición es mayor que lo que se acepta aquí.
said-error-large-hint = Envíe menos de una vez. Los archivos se suben en un servidor en marcha.
said-error-stopped = El servidor no está en marcha
said-error-stopped-what = Se detuvo, o terminó por sí mismo.
said-error-many = Demasiado a la vez
said-error-many-what = Se pidió más de lo que se puede hacer a la vez.
said-error-many-hint = Espere un momento, y reintente.
said-error-away = No disponible por ahora
said-error-away-what = Algo que hace falta para esto no responde.
said-error-away-hint = Reintente en un momento. Si continúa, avise a un administrador.
said-error-odd = Así no se puede
said-error-odd-what = A la petición le falta algo, o algo no es como debe.
said-error-odd-hint = Vuelva atrás y reintente.
