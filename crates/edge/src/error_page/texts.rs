//! What the edge's own pages say, in each language. Nobody else's words are needed for them: the hub may be away.

/// A heading, what has happened, what to do.
pub(crate) type Said = [&'static str; 3];

/// All that is said in one language.
#[derive(Debug)]
pub(crate) struct Texts {
    /// As HTML calls the language.
    pub(crate) tag: &'static str,
    /// Stands before what is wrong with a request.
    pub(crate) problem: &'static str,
    /// Ends that sentence.
    pub(crate) stop: &'static str,
    pub(crate) again: &'static str,
    pub(crate) start: &'static str,
    /// Before and behind the number under which the log has it.
    pub(crate) logged: [&'static str; 2],
    pub(crate) nothing: Said,
    pub(crate) slow_head: Said,
    pub(crate) unclear: Said,
    pub(crate) proxy: Said,
    pub(crate) starting: Said,
    pub(crate) out_of_reach: Said,
    pub(crate) silent: Said,
    pub(crate) lost: Said,
    pub(crate) garbled: Said,
    pub(crate) late: Said,
    pub(crate) stalled: Said,
    pub(crate) large: Said,
    pub(crate) many: Said,
}

/// English first.
pub(crate) static ALL: [Texts; 7] = [
    Texts {
        tag: "en",
        problem: "The problem: ",
        stop: ".",
        again: "Try again",
        start: "Start page",
        logged: ["An administrator finds it in the log under ", "."],
        nothing: [
            "Nothing here",
            "No server is known for this address.",
            "Check the address, or go back to the start page.",
        ],
        slow_head: [
            "The request came too slowly",
            "Its headers took too long.",
            "Check the network connection and try again.",
        ],
        unclear: [
            "The request can not be understood",
            "",
            "Check the address. If a program sent it, it has to be corrected there.",
        ],
        proxy: [
            "This request can not be served",
            "CONNECT asks for a forward proxy, which this is not.",
            "Check the program's proxy settings.",
        ],
        starting: [
            "The server is starting",
            "It was started a moment ago and does not answer yet.",
            "This page tries again by itself every few seconds.",
        ],
        out_of_reach: [
            "The server can not be reached",
            "Where it should be, nobody answers. It may have been stopped, or the network may be down.",
            "Try again in a while. If it lasts, tell your administrator.",
        ],
        silent: [
            "The server is not answering",
            "It may be restarting, or it was stopped. Other servers go on meanwhile.",
            "This page tries again by itself. If it lasts, start the server again, or tell your administrator.",
        ],
        lost: [
            "The server broke off",
            "It took the request and closed the connection without an answer. It may be restarting, or have run out of memory.",
            "Try again. If it happens again, restart the server or tell your administrator.",
        ],
        garbled: [
            "The server gave an answer that makes no sense",
            "What runs there does not speak HTTP as it should.",
            "Restart the server. If it lasts, tell your administrator.",
        ],
        late: [
            "The server takes too long",
            "It accepted the request and has not answered in time.",
            "Try again later. If it lasts, restart the server or tell your administrator.",
        ],
        stalled: [
            "The upload stopped",
            "Nothing more came of the request for too long.",
            "Check the network connection and try again.",
        ],
        large: [
            "The request is too large",
            "Its address and headers together are longer than this site takes. Mostly it is cookies.",
            "Delete the cookies of this site and sign in again.",
        ],
        many: [
            "Too many requests",
            "More requests came from your network address than this site takes at a time.",
            "Wait a moment. If a program sends them, let it send fewer.",
        ],
    },
    Texts {
        tag: "de",
        problem: "Das Problem: ",
        stop: ".",
        again: "Noch einmal versuchen",
        start: "Startseite",
        logged: ["Die Verwaltung findet es im Protokoll unter ", "."],
        nothing: [
            "Hier ist nichts",
            "Zu dieser Adresse ist kein Server bekannt.",
            "Prüfen Sie die Adresse, oder gehen Sie zurück zur Startseite.",
        ],
        slow_head: [
            "Die Anfrage kam zu langsam",
            "Ihr Anfang hat zu lange gebraucht.",
            "Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal.",
        ],
        unclear: [
            "Die Anfrage ist nicht zu verstehen",
            "",
            "Prüfen Sie die Adresse. Wenn ein Programm sie geschickt hat, muss sie dort berichtigt werden.",
        ],
        proxy: [
            "Diese Anfrage kann nicht bedient werden",
            "CONNECT verlangt einen Proxy ins Netz, und das ist dies nicht.",
            "Prüfen Sie die Proxy-Einstellungen des Programms.",
        ],
        starting: [
            "Der Server startet",
            "Er wurde eben gestartet und antwortet noch nicht.",
            "Diese Seite versucht es alle paar Sekunden von selbst wieder.",
        ],
        out_of_reach: [
            "Der Server ist nicht erreichbar",
            "Wo er sein sollte, antwortet niemand. Vielleicht wurde er beendet, oder das Netz ist gestört.",
            "Versuchen Sie es nach einer Weile noch einmal. Wenn es so bleibt, sagen Sie der Verwaltung Bescheid.",
        ],
        silent: [
            "Der Server antwortet nicht",
            "Vielleicht startet er gerade neu, oder er wurde beendet. Andere Server laufen weiter.",
            "Diese Seite versucht es von selbst wieder. Wenn es so bleibt, starten Sie den Server neu, oder sagen Sie der Verwaltung Bescheid.",
        ],
        lost: [
            "Der Server hat abgebrochen",
            "Er hat die Anfrage angenommen und die Verbindung ohne Antwort geschlossen. Vielleicht startet er gerade neu, oder ihm ging der Speicher aus.",
            "Versuchen Sie es noch einmal. Wenn es wieder geschieht, starten Sie den Server neu, oder sagen Sie der Verwaltung Bescheid.",
        ],
        garbled: [
            "Die Antwort des Servers ergibt keinen Sinn",
            "Was dort läuft, spricht HTTP nicht, wie es sollte.",
            "Starten Sie den Server neu. Wenn es so bleibt, sagen Sie der Verwaltung Bescheid.",
        ],
        late: [
            "Der Server braucht zu lange",
            "Er hat die Anfrage angenommen und nicht rechtzeitig geantwortet.",
            "Versuchen Sie es später noch einmal. Wenn es so bleibt, starten Sie den Server neu, oder sagen Sie der Verwaltung Bescheid.",
        ],
        stalled: [
            "Das Hochladen ist stehen geblieben",
            "Von der Anfrage kam zu lange nichts mehr.",
            "Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal.",
        ],
        large: [
            "Die Anfrage ist zu groß",
            "Ihre Adresse und ihr Kopf sind zusammen länger, als diese Seite annimmt. Meist sind es Cookies.",
            "Löschen Sie die Cookies dieser Seite und melden Sie sich neu an.",
        ],
        many: [
            "Zu viele Anfragen",
            "Von Ihrer Netzadresse kamen mehr Anfragen, als diese Seite auf einmal annimmt.",
            "Warten Sie einen Augenblick. Wenn ein Programm sie schickt, lassen Sie es weniger schicken.",
        ],
    },
    Texts {
        tag: "es",
        problem: "El problema: ",
        stop: ".",
        again: "Reintentar",
        start: "Página de inicio",
        logged: ["Un administrador lo encuentra en el registro con el número ", "."],
        nothing: [
            "Aquí no hay nada",
            "No se conoce ningún servidor para esta dirección.",
            "Compruebe la dirección, o vuelva a la página de inicio.",
        ],
        slow_head: [
            "La petición llegó demasiado despacio",
            "Su cabecera tardó demasiado.",
            "Compruebe la conexión de red y reintente.",
        ],
        unclear: [
            "No se entiende la petición",
            "",
            "Compruebe la dirección. Si la envió un programa, hay que corregirla allí.",
        ],
        proxy: [
            "Esta petición no se puede atender",
            "CONNECT pide un proxy de salida, y este no lo es.",
            "Compruebe la configuración de proxy del programa.",
        ],
        starting: [
            "El servidor se está iniciando",
            "Se inició hace un momento y todavía no responde.",
            "Esta página reintenta sola cada pocos segundos.",
        ],
        out_of_reach: [
            "No se puede llegar al servidor",
            "Donde debería estar, nadie responde. Quizá se detuvo, o la red no funciona.",
            "Reintente dentro de un rato. Si continúa, avise a un administrador.",
        ],
        silent: [
            "El servidor no responde",
            "Quizá se está reiniciando, o se detuvo. Los demás servidores siguen en marcha.",
            "Esta página reintenta sola. Si continúa, inicie de nuevo el servidor, o avise a un administrador.",
        ],
        lost: [
            "El servidor cortó la conexión",
            "Aceptó la petición y cerró la conexión sin responder. Quizá se está reiniciando, o se quedó sin memoria.",
            "Reintente. Si vuelve a ocurrir, reinicie el servidor o avise a un administrador.",
        ],
        garbled: [
            "La respuesta del servidor no tiene sentido",
            "Lo que funciona allí no habla HTTP como debería.",
            "Reinicie el servidor. Si continúa, avise a un administrador.",
        ],
        late: [
            "El servidor tarda demasiado",
            "Aceptó la petición y no ha respondido a tiempo.",
            "Reintente más tarde. Si continúa, reinicie el servidor o avise a un administrador.",
        ],
        stalled: [
            "La subida se detuvo",
            "Durante demasiado tiempo no llegó nada más de la petición.",
            "Compruebe la conexión de red y reintente.",
        ],
        large: [
            "La petición es demasiado grande",
            "Su dirección y su cabecera juntas son más largas de lo que este sitio acepta. Casi siempre son las cookies.",
            "Borre las cookies de este sitio e inicie sesión de nuevo.",
        ],
        many: [
            "Demasiadas peticiones",
            "Desde su dirección de red llegaron más peticiones de las que este sitio acepta a la vez.",
            "Espere un momento. Si las envía un programa, haga que envíe menos.",
        ],
    },
    Texts {
        tag: "fr",
        problem: "Le problème : ",
        stop: ".",
        again: "Réessayer",
        start: "Page d’accueil",
        logged: ["Un administrateur le trouve dans le journal sous ", "."],
        nothing: [
            "Il n’y a rien ici",
            "Aucun serveur n’est connu à cette adresse.",
            "Vérifiez l’adresse, ou revenez à la page d’accueil.",
        ],
        slow_head: [
            "La requête est arrivée trop lentement",
            "Son en-tête a pris trop de temps.",
            "Vérifiez la connexion réseau et réessayez.",
        ],
        unclear: [
            "La requête est incompréhensible",
            "",
            "Vérifiez l’adresse. Si un programme l’a envoyée, c’est là qu’il faut la corriger.",
        ],
        proxy: [
            "Cette requête ne peut pas être servie",
            "CONNECT demande un proxy de sortie, ce que ceci n’est pas.",
            "Vérifiez les réglages de proxy du programme.",
        ],
        starting: [
            "Le serveur démarre",
            "Il a été démarré à l’instant et ne répond pas encore.",
            "Cette page réessaie d’elle-même toutes les quelques secondes.",
        ],
        out_of_reach: [
            "Le serveur est injoignable",
            "Là où il devrait être, personne ne répond. Il a peut-être été arrêté, ou le réseau est en panne.",
            "Réessayez dans un moment. Si cela dure, prévenez un administrateur.",
        ],
        silent: [
            "Le serveur ne répond pas",
            "Il redémarre peut-être, ou il a été arrêté. Les autres serveurs continuent.",
            "Cette page réessaie d’elle-même. Si cela dure, redémarrez le serveur, ou prévenez un administrateur.",
        ],
        lost: [
            "Le serveur a coupé",
            "Il a pris la requête et fermé la connexion sans répondre. Il redémarre peut-être, ou il a manqué de mémoire.",
            "Réessayez. Si cela se reproduit, redémarrez le serveur ou prévenez un administrateur.",
        ],
        garbled: [
            "La réponse du serveur n’a pas de sens",
            "Ce qui tourne là ne parle pas HTTP comme il le devrait.",
            "Redémarrez le serveur. Si cela dure, prévenez un administrateur.",
        ],
        late: [
            "Le serveur met trop de temps",
            "Il a accepté la requête et n’a pas répondu à temps.",
            "Réessayez plus tard. Si cela dure, redémarrez le serveur ou prévenez un administrateur.",
        ],
        stalled: [
            "L’envoi s’est arrêté",
            "Plus rien n’est arrivé de la requête pendant trop longtemps.",
            "Vérifiez la connexion réseau et réessayez.",
        ],
        large: [
            "La requête est trop grande",
            "Son adresse et son en-tête sont ensemble plus longs que ce que ce site accepte. Le plus souvent, ce sont les cookies.",
            "Supprimez les cookies de ce site et reconnectez-vous.",
        ],
        many: [
            "Trop de requêtes",
            "Plus de requêtes sont venues de votre adresse réseau que ce site n’en accepte à la fois.",
            "Attendez un instant. Si un programme les envoie, faites-lui en envoyer moins.",
        ],
    },
    Texts {
        tag: "ja",
        problem: "問題：",
        stop: "。",
        again: "もう一度試す",
        start: "スタートページ",
        logged: ["管理者は、ログで ", " を探すと原因が分かります。"],
        nothing: [
            "ここには何もありません",
            "このアドレスのサーバーはありません。",
            "アドレスを確認するか、スタートページに戻ってください。",
        ],
        slow_head: [
            "要求の到着が遅すぎます",
            "ヘッダーに時間がかかりすぎました。",
            "ネットワーク接続を確認して、もう一度試してください。",
        ],
        unclear: [
            "要求を理解できません",
            "",
            "アドレスを確認してください。プログラムが送った場合は、そのプログラムを直す必要があります。",
        ],
        proxy: [
            "この要求には応じられません",
            "CONNECT はフォワードプロキシーを求めますが、ここはそうではありません。",
            "プログラムのプロキシー設定を確認してください。",
        ],
        starting: [
            "サーバーを起動しています",
            "起動したばかりで、まだ応答していません。",
            "このページは数秒ごとに自動で再試行します。",
        ],
        out_of_reach: [
            "サーバーに接続できません",
            "あるはずの場所から応答がありません。停止されたか、ネットワークに問題がある可能性があります。",
            "しばらくしてからもう一度試してください。続く場合は、管理者に知らせてください。",
        ],
        silent: [
            "サーバーが応答していません",
            "再起動中か、停止された可能性があります。ほかのサーバーは動いています。",
            "このページは自動で再試行します。続く場合は、サーバーをもう一度起動するか、管理者に知らせてください。",
        ],
        lost: [
            "サーバーが接続を切りました",
            "要求を受け取り、応答せずに接続を閉じました。再起動中か、メモリーが足りなくなった可能性があります。",
            "もう一度試してください。また起きる場合は、サーバーを再起動するか、管理者に知らせてください。",
        ],
        garbled: [
            "サーバーの応答が正しくありません",
            "そこで動いているものは、正しい HTTP を話していません。",
            "サーバーを再起動してください。続く場合は、管理者に知らせてください。",
        ],
        late: [
            "サーバーの応答に時間がかかりすぎています",
            "要求を受け取りましたが、時間内に応答しませんでした。",
            "後でもう一度試してください。続く場合は、サーバーを再起動するか、管理者に知らせてください。",
        ],
        stalled: [
            "アップロードが止まりました",
            "長い間、要求の続きが届きませんでした。",
            "ネットワーク接続を確認して、もう一度試してください。",
        ],
        large: [
            "要求が大きすぎます",
            "アドレスとヘッダーの合計が、このサイトの上限を超えています。たいていは Cookie が原因です。",
            "このサイトの Cookie を削除して、もう一度サインインしてください。",
        ],
        many: [
            "要求が多すぎます",
            "あなたのネットワークアドレスから、このサイトが一度に受け付けるより多くの要求が届きました。",
            "少し待ってください。プログラムが送っている場合は、数を減らしてください。",
        ],
    },
    Texts {
        tag: "pt",
        problem: "O problema: ",
        stop: ".",
        again: "Tentar de novo",
        start: "Página inicial",
        logged: ["Um administrador encontra isso no registro com o número ", "."],
        nothing: [
            "Não há nada aqui",
            "Nenhum servidor é conhecido neste endereço.",
            "Verifique o endereço, ou volte à página inicial.",
        ],
        slow_head: [
            "O pedido chegou devagar demais",
            "O cabeçalho demorou demais.",
            "Verifique a conexão de rede e tente de novo.",
        ],
        unclear: [
            "O pedido não pode ser entendido",
            "",
            "Verifique o endereço. Se um programa o enviou, é lá que deve ser corrigido.",
        ],
        proxy: [
            "Este pedido não pode ser atendido",
            "CONNECT pede um proxy de saída, e este não é um.",
            "Verifique as configurações de proxy do programa.",
        ],
        starting: [
            "O servidor está iniciando",
            "Ele foi iniciado há pouco e ainda não responde.",
            "Esta página tenta de novo sozinha a cada poucos segundos.",
        ],
        out_of_reach: [
            "O servidor não pode ser alcançado",
            "Onde ele deveria estar, ninguém responde. Talvez tenha sido parado, ou a rede esteja fora do ar.",
            "Tente de novo daqui a pouco. Se continuar, avise um administrador.",
        ],
        silent: [
            "O servidor não responde",
            "Talvez esteja reiniciando, ou tenha sido parado. Os outros servidores continuam.",
            "Esta página tenta de novo sozinha. Se continuar, inicie o servidor de novo, ou avise um administrador.",
        ],
        lost: [
            "O servidor interrompeu a conexão",
            "Ele aceitou o pedido e fechou a conexão sem responder. Talvez esteja reiniciando, ou tenha ficado sem memória.",
            "Tente de novo. Se acontecer outra vez, reinicie o servidor ou avise um administrador.",
        ],
        garbled: [
            "A resposta do servidor não faz sentido",
            "O que está em execução lá não fala HTTP como deveria.",
            "Reinicie o servidor. Se continuar, avise um administrador.",
        ],
        late: [
            "O servidor demora demais",
            "Ele aceitou o pedido e não respondeu a tempo.",
            "Tente mais tarde. Se continuar, reinicie o servidor ou avise um administrador.",
        ],
        stalled: [
            "O envio parou",
            "Durante tempo demais nada mais chegou do pedido.",
            "Verifique a conexão de rede e tente de novo.",
        ],
        large: [
            "O pedido é grande demais",
            "O endereço e o cabeçalho juntos são mais longos do que este site aceita. Quase sempre são os cookies.",
            "Apague os cookies deste site e entre de novo.",
        ],
        many: [
            "Pedidos demais",
            "Vieram mais pedidos do seu endereço de rede do que este site aceita de uma vez.",
            "Espere um momento. Se um programa os envia, faça-o enviar menos.",
        ],
    },
    Texts {
        tag: "zh-Hans",
        problem: "问题：",
        stop: "。",
        again: "重试",
        start: "起始页",
        logged: ["管理员可在日志中用 ", " 查到。"],
        nothing: [
            "这里什么都没有",
            "此地址没有已知的服务器。",
            "请检查地址，或返回起始页。",
        ],
        slow_head: ["请求到达得太慢", "其标头用时过长。", "请检查网络连接后重试。"],
        unclear: ["无法理解该请求", "", "请检查地址。如果是程序发送的，需要在程序中更正。"],
        proxy: [
            "无法处理此请求",
            "CONNECT 要求正向代理，而这里不是。",
            "请检查程序的代理设置。",
        ],
        starting: ["服务器正在启动", "它刚刚启动，尚未响应。", "此页面每隔几秒会自动重试。"],
        out_of_reach: [
            "无法连接服务器",
            "服务器所在之处没有响应。它可能已停止，或网络有故障。",
            "请稍后再试。如果持续如此，请告知管理员。",
        ],
        silent: [
            "服务器没有响应",
            "它可能正在重新启动，或已停止。其他服务器不受影响。",
            "此页面会自动重试。如果持续如此，请重新启动服务器，或告知管理员。",
        ],
        lost: [
            "服务器中断了连接",
            "它接收了请求，但没有响应就关闭了连接。它可能正在重新启动，或内存不足。",
            "请重试。如果再次发生，请重新启动服务器或告知管理员。",
        ],
        garbled: [
            "服务器的响应没有意义",
            "那里运行的程序没有正确使用 HTTP。",
            "请重新启动服务器。如果持续如此，请告知管理员。",
        ],
        late: [
            "服务器用时过长",
            "它接收了请求，但没有及时响应。",
            "请稍后再试。如果持续如此，请重新启动服务器或告知管理员。",
        ],
        stalled: ["上传已停止", "请求的后续内容长时间没有到达。", "请检查网络连接后重试。"],
        large: [
            "请求过大",
            "其地址和标头的总长度超过了本网站的限制。通常是 Cookie 所致。",
            "请删除本网站的 Cookie，然后重新登录。",
        ],
        many: [
            "请求过多",
            "来自您网络地址的请求超过了本网站一次接受的数量。",
            "请稍等片刻。如果是程序发送的，请减少其数量。",
        ],
    },
];
