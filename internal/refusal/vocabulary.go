package refusal

// Groups of phrases that rows share, for say: English first, then German, French,
// Spanish, Portuguese and Italian, Russian, Ukrainian and Polish, Dutch, Chinese,
// Japanese and Korean. Accents do not count.
const (
	protocols = "imap|imap4|pop |pop3"

	// soon says that it passes; passing also that there is a limit.
	passing = soon + "|too many|limit"
	soon    = "tempor|later |try again|retry in|busy|overload|maintenance|" +
		"voruber|spater|uberlast|wartung|plus tard|surcharg|mas tarde|ocupado|mais tarde|piu tardi|" +
		"временно|позже|перегруж|тимчасово|пізніше|tymczasow|pozniej|tijdelijk|" +
		"暂时|稍后|稍候|繁忙|频繁|维护|後で|しばらく|一時|나중|잠시|일시"

	tooMany = "too many|to many|too often|too frequent|too fast|too quick|too soon|over the allowed|" +
		"zu viele|zu haufig|zu oft|zu schnell|trop de|trop souvent|trop freq|" +
		"demasiad|muitas|muitos|muito freq|troppe|troppi|troppo|" +
		"слишком много|слишком часто|занадто|zbyt wiele|zbyt czesto|za duzo|te veel|te vaak|" +
		"频繁|频率|太多|过多|次数|過多|頻繁|多すぎ|너무 많|너무 자주"
	limited = "maximum|max |limit|exceed|reached|multiple|no more|delay|interval|allowed every|allowed only every|" +
		"frequency|minimum time|maximal|grenze|uberschritten|depasse|maximo|massimo|superato|limite|" +
		"превыш|перевищ|przekrocz|overschreden|超过|超出|上限|限制|超え|초과|제한"
	connections = "connection|connected|simultaneous|concurrent|clients|userip|user ip|" +
		"verbindung|connexions|conexiones|conexoes|connession|соединени|подключени|з єднан|polacz|verbinding|" +
		"连接|連線|接続|연결|접속"
	logins = "login|logins|log in|logon|logging|sign in|signin|session|authenticat|auth attempt|attempt|" +
		"mail check|poll|" +
		"anmeld|versuch|sitzung|tentativ|inicio|sesion|intento|sess|acess|вход|попыт|сесс|спроб|logow|prob |" +
		"pogingen|" +
		"登录|登陆|登入|ログイン|로그인|시도"

	accounts = "account|user|username|mailbox|login|logon|access|benutzer|konto|postfach|compte|cuenta|usuario|" +
		"conta|" +
		"utente|domain|аккаунт|учетн|пользоват|ящик|обліков|uzytkownik|帐号|账号|账户|帐户|用户|邮箱|アカウント|계정"
	locked = "locked|lock |lockout|blocked|suspended|disabled|deactivated|frozen|banned|terminated|" +
		"gesperrt|bloque|bloquea|suspend|suspens|bloccat|sospes|заблокирован|заблоковано|zablokowan|geblokkeerd|" +
		"锁定|冻结|封禁|异常|停用|ロック|停止|凍結|잠|정지"
	forNow = "tempor|for a while|too many|several|repeated|multiple|brute|voruber|kurzzeitig|momentan|" +
		"временно|тимчасово|tymczasow|tijdelijk|暂时|稍后|一時|일시"

	switchedOff = "disabled|not enabled|isn t enabled|enable |activate|not activ|inactive|deactivated|switched off|" +
		"turned off|not allowed|not permitted|not included|not subscribed|upgrade|not open|" +
		"deaktiviert|aktivier|nicht aktiv|nicht freigeschaltet|ausgeschaltet|abgeschaltet|desactiv|non activ|" +
		"pas activ|" +
		"deshabilitad|no habilitad|no esta habilitad|desabilitad|nao habilitad|desativad|disattivat|disabilitat|" +
		"non abilitat|отключен|выключен|не включен|не активир|запрещен|вимкнен|wylaczon|nieaktywn|uitgeschakeld|" +
		"включите|увімкніть|wlacz|请开启|未开启|未开通|未启用|没有开启|没有开通|已关闭|無効|비활성|사용하지|사용 안"

	appPasswords = "app password|app specific|application password|application specific|applicationspecific|" +
		"aplication password|app passcode|device password|device specific password|third party password|" +
		"password for external|password for app|secure mail key|parol prilozheniya|" +
		"anwendungspasswort|anwendungsspezif|app passwort|app kennwort|app spezif|" +
		"mot de passe d app|mot de passe specifique|contrasena de aplicacion|contrasena de la aplicacion|" +
		"contrasena especifica|senha de app|senha de aplicativo|password per app|password per le app|" +
		"пароль приложения|пароль для внешн|пароль для прилож|пароль додатк|haslo aplikacji|haslo do aplikacji|" +
		"app wachtwoord|应用专用密码|应用密码|アプリパスワード|アプリ固有|앱 비밀번호"
	authorizationCodes = "authorized code|authorization code|authorisation code|auth code|weixin token|" +
		"wechat token|" +
		"reqcode|client password|客户端密码|客户端专用密码|专用密码|授权码|授權碼"
	twoSteps = "2 step|two step|2 factor|two factor|2fa|multi factor|multifactor|mfa|zwei faktor|zwei schritt|" +
		"deux facteurs|dos factores|dois fatores|due fattori|двухфактор|двоетапн|dwuetap|两步验证|二段階|2단계"
	required = "required|require|use |using|need|must|please|enter|generate|create|neobhodim|" +
		"erforderlich|notwendig|verwenden|benotig|utilis|requis|necesit|usar|utiliz|necessar|obbligator|" +
		"необходим|требуется|используйте|потріб|wymagan|uzyj|vereist|请使用|需要|必要|필요|사용하"

	wrong = "invalid|incorrect|wrong|bad |unknown|not accepted|do not match|does not match|mismatch|expired|error|" +
		"falsch|ungultig|inkorrekt|errone|incorrec|invalide|no valid|invalid|incorret|non valid|errat|scorrett|" +
		"неверн|неправильн|невірн|nieprawidl|bledn|zle |onjuist|ongeldig|错误|不正确|有误|間違|正しくあり|무효|잘못|올바르"
	passwords = "password|credential|username|user name|userid|user or pass|login or pass|passcode|passphrase|" +
		"email login|" +
		"passwort|kennwort|benutzername|zugangsdaten|anmeldedaten|mot de passe|identifiant|contrasena|credencial|" +
		"usuario|senha|credenzial|utente|парол|логин|учетн|hasl|login |wachtwoord|密码|帐号|账号|用户名|" +
		"パスワード|비밀번호"
	noUser = "no such user|no such account|no such login|unknown user|user unknown|user not found|" +
		"account not found|" +
		"user does not exist|user doesn t exist|account does not exist|account doesn t exist|passerr"

	another = "another|other session|other client|by other|someone|already|elsewhere|current|in use|" +
		"being used|duplicate"
	maildrop = "maildrop|mail drop|mailbox|spool|mailfile|mail file|folder|inbox|session|login|logged in|pop lock|" +
		"postfach|boite|buzon|caixa|casella|ящик|skrzynk|postbus|邮箱|メールボックス|사서함"
	held = "lock|in use|inuse|busy|being used|reserved|already open|opened by|another|already logged|duplicate|" +
		"gesperrt|verwendet|geoffnet|verrouill|utilis|en uso|bloquead|em uso|bloccat|in uso|используется|" +
		"занят|uzywan|zablokowan|in gebruik|正在使用|被占用|锁|使用中|ロック|사용 중|잠"

	// failing is a server that has trouble, in general words.
	failing = soon + "|temp |try later|try again|retry|moment|please wait|hold on|come back|" +
		"maintain|unavailable|unreachable|not reachable|timed out|timeout|time out|internal |" +
		"server error|system error|system problem|server problem|technical|backend|back end|database|ldap|" +
		"lookup fail|look up fail|i o error|io error|disk|out of memory|memory|resource|shutting down|shut down|" +
		"going down|" +
		"restart|rebuil|being moved|migrat|in progress|not responding|no response|refused connection|" +
		"connection refused|" +
		"connection lost|connection reset|not ready|starting up|start up|initializ|failed to create|couldn t|" +
		"could not|" +
		"unexpected|exception|crash|corrupt|inconsisten|connection closed|connection is closed|unable to scan|" +
		"unable to open|unable to access|" +
		"unable to contact|unable to reach|unable to read|can t open|cannot open|failed to connect|cannot connect|" +
		"unable to connect|can t connect|" +
		"aborted|upstream|proxy|is down|server down|service down|out of service|out of order|outage|offline|" +
		"not available|" +
		"lock |locked|interne|interner|serverfehler|zeituberschreitung|storung|nicht erreichbar|nicht verfugbar|" +
		"derzeit nicht|" +
		"indisponible|reessay|erreur serveur|momentan|no disponible|error del servidor|intente|intentelo|" +
		"indisponivel|" +
		"tente novamente|erro do servidor|manutencao|mantenimiento|non disponibile|riprova|errore del server|" +
		"manutenzione|" +
		"недоступ|внутренн|ошибка сервера|технич|занят|повторите|недоступн|помилка сервера|niedostep|blad serwera|" +
		"wewnetrzn|ponownie|przerwa|niet beschikbaar|onderhoud|系统忙|服务器忙|超时|内部错误|系统错误|服务器错误|" +
		"メンテナンス|混雑|サーバーエラー|점검|서버 오류|지연"

	missing = "doesn t exist|does not exist|not exist|no such|nonexistent|non existent|unknown mailbox|" +
		"unknown folder|" +
		"unknown namespace|not found|could not be found|can t find|cannot find|unable to find|invalid mailbox|" +
		"invalid folder|illegal mailbox|bad mailbox|unable to open this mailbox|" +
		"existiert nicht|nicht gefunden|nicht vorhanden|unbekannt|n existe pas|introuvable|inconnu|no existe|" +
		"no encontrad|nao existe|nao encontrad|non esiste|non trovat|inesistente|не существует|не найден|нет такой|" +
		"не існує|не знайден|nie istnieje|nie znaleziono|bestaat niet|niet gevonden|不存在|找不到|未找到|没有找到|" +
		"存在しません|見つかりません|없습니다|찾을 수"
	forbidden = "permission denied|access denied|not permitted|no permission|insufficient|no access|not selectable|" +
		"noselect|not allowed|zugriff verweigert|keine berechtigung|acces refuse|permission|selectable|" +
		"permiso denegado|acceso denegado|" +
		"acesso negado|permissao negada|accesso negato|доступ запрещен|нет доступа|brak dostepu|无权限|没有权限|拒绝"

	refused = "fail|failure|failed|denied|incorrect|error|rejected|refused|not accepted|unsuccessful|" +
		"fehlgeschlagen|fehler|echec|echou|fallid|fallo|error de|falhou|fallit|неудач|ошибка|помилка|nieudan|" +
		"mislukt|" +
		"失败|失敗|실패"
)
