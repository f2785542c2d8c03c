//! What is wrong with a request that can't be understood, in every language.

use super::texts::{ALL, Texts};

/// The same in each language, in the order of their texts: English, as the errors say it, first.
static DETAILS: [[&str; 7]; 22] = [
    [
        "a percent sign in the path is not followed by two hexadecimal digits",
        "auf ein Prozentzeichen im Pfad folgen nicht zwei Hexadezimalziffern",
        "a un signo de porcentaje de la ruta no le siguen dos cifras hexadecimales",
        "un signe pour cent du chemin n’est pas suivi de deux chiffres hexadécimaux",
        "パスのパーセント記号の後に 2 桁の 16 進数がありません",
        "um sinal de porcentagem no caminho não é seguido de dois algarismos hexadecimais",
        "路径中的百分号后面没有两位十六进制数字",
    ],
    [
        "the path is not UTF-8 once its percent escapes are decoded",
        "der Pfad ist kein UTF-8, wenn man die Prozentzeichen auflöst",
        "la ruta no es UTF-8 una vez descodificada",
        "le chemin n’est pas de l’UTF-8 une fois décodé",
        "デコードしたパスが UTF-8 ではありません",
        "o caminho não é UTF-8 depois de decodificado",
        "路径解码后不是 UTF-8",
    ],
    [
        "the path contains a `.` or `..` segment",
        "der Pfad enthält einen Teil `.` oder `..`",
        "la ruta contiene una parte `.` o `..`",
        "le chemin contient une partie `.` ou `..`",
        "パスに `.` または `..` が含まれています",
        "o caminho contém uma parte `.` ou `..`",
        "路径中含有 `.` 或 `..`",
    ],
    [
        "the path does not begin with a slash",
        "der Pfad beginnt nicht mit einem Schrägstrich",
        "la ruta no empieza con una barra",
        "le chemin ne commence pas par une barre oblique",
        "パスがスラッシュで始まっていません",
        "o caminho não começa com uma barra",
        "路径不以斜杠开头",
    ],
    [
        "the address has a fragment",
        "die Adresse enthält ein Fragment (#)",
        "la dirección tiene un fragmento (#)",
        "l’adresse a un fragment (#)",
        "アドレスにフラグメント（#）があります",
        "o endereço tem um fragmento (#)",
        "地址中含有片段（#）",
    ],
    [
        "there is more than one Host header",
        "der Header Host steht mehrmals da",
        "hay más de una cabecera Host",
        "il y a plus d’un en-tête Host",
        "Host ヘッダーが複数あります",
        "há mais de um cabeçalho Host",
        "有多个 Host 标头",
    ],
    [
        "there is no Host header",
        "der Header Host fehlt",
        "falta la cabecera Host",
        "l’en-tête Host manque",
        "Host ヘッダーがありません",
        "falta o cabeçalho Host",
        "没有 Host 标头",
    ],
    [
        "the Host header names no host",
        "der Header Host nennt keinen Rechner",
        "la cabecera Host no nombra ninguna máquina",
        "l’en-tête Host ne nomme pas de machine",
        "Host ヘッダーがホストを示していません",
        "o cabeçalho Host não nomeia uma máquina",
        "Host 标头没有指明主机",
    ],
    [
        "there is more than one Content-Length",
        "Content-Length steht mehrmals da",
        "hay más de un Content-Length",
        "il y a plus d’un Content-Length",
        "Content-Length が複数あります",
        "há mais de um Content-Length",
        "有多个 Content-Length",
    ],
    [
        "Content-Length is not a number",
        "Content-Length ist keine Zahl",
        "Content-Length no es un número",
        "Content-Length n’est pas un nombre",
        "Content-Length が数値ではありません",
        "Content-Length não é um número",
        "Content-Length 不是数字",
    ],
    [
        "there is more than one Transfer-Encoding",
        "Transfer-Encoding steht mehrmals da",
        "hay más de un Transfer-Encoding",
        "il y a plus d’un Transfer-Encoding",
        "Transfer-Encoding が複数あります",
        "há mais de um Transfer-Encoding",
        "有多个 Transfer-Encoding",
    ],
    [
        "this Transfer-Encoding is not known here",
        "dieses Transfer-Encoding ist hier nicht bekannt",
        "este Transfer-Encoding no se conoce aquí",
        "ce Transfer-Encoding n’est pas connu ici",
        "この Transfer-Encoding には対応していません",
        "este Transfer-Encoding não é conhecido aqui",
        "此处不支持该 Transfer-Encoding",
    ],
    [
        "HTTP/1.0 has no Transfer-Encoding",
        "HTTP/1.0 kennt kein Transfer-Encoding",
        "HTTP/1.0 no tiene Transfer-Encoding",
        "HTTP/1.0 n’a pas de Transfer-Encoding",
        "HTTP/1.0 に Transfer-Encoding はありません",
        "HTTP/1.0 não tem Transfer-Encoding",
        "HTTP/1.0 没有 Transfer-Encoding",
    ],
    [
        "there are both Content-Length and Transfer-Encoding",
        "Content-Length und Transfer-Encoding stehen beide da",
        "hay Content-Length y también Transfer-Encoding",
        "il y a à la fois Content-Length et Transfer-Encoding",
        "Content-Length と Transfer-Encoding が両方あります",
        "há Content-Length e também Transfer-Encoding",
        "同时有 Content-Length 和 Transfer-Encoding",
    ],
    [
        "it ends in the middle of its head",
        "sie endet mitten in ihrem Kopf",
        "termina en medio de su cabecera",
        "elle s’arrête au milieu de son en-tête",
        "ヘッダーの途中で終わっています",
        "termina no meio do cabeçalho",
        "它在标头中间就结束了",
    ],
    [
        "its head makes no sense: a line ends without a carriage return",
        "in ihrem Kopf endet eine Zeile ohne Wagenrücklauf",
        "una línea de su cabecera termina sin retorno de carro",
        "une ligne de son en-tête finit sans retour chariot",
        "ヘッダーの行が CR なしで終わっています",
        "uma linha do cabeçalho termina sem retorno de carro",
        "标头中有一行没有以回车结尾",
    ],
    [
        "its head makes no sense: it is not HTTP/1",
        "sie ist kein HTTP/1",
        "no es HTTP/1",
        "ce n’est pas du HTTP/1",
        "HTTP/1 ではありません",
        "não é HTTP/1",
        "它不是 HTTP/1",
    ],
    [
        "its head makes no sense: it is another protocol",
        "sie spricht ein anderes Protokoll",
        "es otro protocolo",
        "c’est un autre protocole",
        "別のプロトコルです",
        "é outro protocolo",
        "它是其他协议",
    ],
    [
        "its head makes no sense: it is not HTTP",
        "sie ist kein HTTP",
        "no es HTTP",
        "ce n’est pas du HTTP",
        "HTTP ではありません",
        "não é HTTP",
        "它不是 HTTP",
    ],
    [
        "its body makes no sense: a chunk's size is not a hexadecimal number on a line of its own",
        "die Größe eines Stücks steht nicht als Hexadezimalzahl in einer eigenen Zeile",
        "el tamaño de un fragmento no es un número hexadecimal en su propia línea",
        "la taille d’un morceau n’est pas un nombre hexadécimal sur sa propre ligne",
        "チャンクの大きさが独立した行の 16 進数ではありません",
        "o tamanho de um bloco não é um número hexadecimal em sua própria linha",
        "分块大小不是独占一行的十六进制数",
    ],
    [
        "its body makes no sense: a chunk does not end where its size says",
        "ein Stück endet nicht dort, wo seine Größe es sagt",
        "un fragmento no termina donde dice su tamaño",
        "un morceau ne finit pas là où sa taille le dit",
        "チャンクが示された大きさで終わっていません",
        "um bloco não termina onde seu tamanho diz",
        "分块没有在其大小所示之处结束",
    ],
    [
        "its body makes no sense: the lines after the last chunk are too long or are no headers",
        "die Zeilen nach dem letzten Stück sind zu lang oder keine Header",
        "las líneas tras el último fragmento son demasiado largas o no son cabeceras",
        "les lignes après le dernier morceau sont trop longues ou ne sont pas des en-têtes",
        "最後のチャンクの後の行が長すぎるか、ヘッダーではありません",
        "as linhas após o último bloco são longas demais ou não são cabeçalhos",
        "最后一个分块之后的行过长或不是标头",
    ],
];

/// The same in this language. What a library has found besides is for programs; what nobody reads any more stays English.
pub(crate) fn told(english: String, texts: &Texts) -> String {
    let language = ALL.iter().position(|one| one.tag == texts.tag).unwrap_or(0);
    if language == 0 {
        return english;
    }
    let known = |row: &&[&'static str; 7]| {
        let rest = english.strip_prefix(row[0]);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
    };
    let row = DETAILS.iter().find(known);
    row.and_then(|row| row.get(language))
        .map_or(english.clone(), |text| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error_page::Failure,
        http1::{framing::BadBody, head::BadHead},
        routes::path::BadPath,
    };

    #[test]
    fn whatever_is_wrong_with_a_request_is_told_in_every_language() {
        let mut failures: Vec<Failure> = [BadPath::Escape, BadPath::Utf8, BadPath::Dots, BadPath::Relative]
            .map(Failure::Path)
            .into();
        let heads = [
            BadHead::BareLineFeed,
            BadHead::Version,
            BadHead::Foreign,
            BadHead::Grammar(httparse::Error::Token),
        ];
        failures.extend(heads.map(Failure::Head));
        failures.extend([BadBody::Size, BadBody::End, BadBody::Trailers].map(Failure::Body));
        // What is malformed is said where it is found.
        let sources = [include_str!("../http1/ask.rs"), include_str!("../http1/connection.rs")];
        let told_there = |source: &'static str| {
            let behind = source.split("Malformed(").skip(1);
            behind.filter_map(|text| text.trim_start().strip_prefix('"')?.split('"').next())
        };
        let before = failures.len();
        failures.extend(sources.into_iter().flat_map(told_there).map(Failure::Malformed));
        assert!(failures.len() > before + 10);
        for failure in failures {
            for texts in &ALL[1..] {
                let english = failure.to_string();
                assert_ne!(told(english.clone(), texts), english, "{}", texts.tag);
            }
            assert_eq!(told(failure.to_string(), &ALL[0]), failure.to_string());
        }
    }
}
