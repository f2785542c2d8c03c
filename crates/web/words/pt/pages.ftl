# O que as páginas dizem em português.

language-name = Português
language-label = Idioma

## Em todas as páginas

page-skip = Ir para o conteúdo
page-main-menu = Menu principal
page-sign-out = Sair
page-dark = Páginas escuras
page-light = Páginas claras
page-announcement = Aviso
page-acting = Está a agir como { $name }. O que fizer fica registado com o seu nome, { $by }.
page-acting-stop = Deixar de agir assim
page-template-fault = Um modelo deste site não pode ser usado, por isso você vê a página incorporada: { $problem }. Só os administradores veem isto.
