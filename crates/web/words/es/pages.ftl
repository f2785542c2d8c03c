# Lo que dicen las páginas en español.

language-name = Español
language-label = Idioma

## En todas las páginas

page-skip = Ir al contenido
page-main-menu = Menú principal
page-sign-out = Cerrar sesión
page-dark = Páginas oscuras
page-light = Páginas claras
page-announcement = Aviso
page-acting = Actúa como { $name }. Lo que haga queda anotado con su nombre, { $by }.
page-acting-stop = Dejar de actuar así
page-template-fault = Una plantilla de este sitio no se puede usar, por eso ve la página incorporada: { $problem }. Solo lo ven los administradores.
