package charset

// Languages, each as its letters from the most to the least frequent: in all of
// them, the frequency falls with the rank at about the same rate.
var (
	western = []string{
		"etaoinshrdlcumwfgypbvkjxqzé",              // English
		"enisratdhulcgmobwfkzüvpäßjöyxqé",          // German
		"esaitnrulodcpmévqfbghjàxèyêzçâkîôûùwïœëæ", // French
		"eaosrnidlctumpbgvyqóhfzíjáéñxúükw",        // Spanish
		"aeosrindmutclpvgqbfhãáçézíjxóõêúâàôkwyü",  // Portuguese
		"eaionlrtscdupmgvhfbqzòàùèéìkjxwyî",        // Italian
		"eantrslidomgkväåhföupbcyjxwzéqà",          // Swedish
		"erntisdalogkmfvubhpåøyæcjéxwzq",           // Danish, Norwegian
		"aitnesloäkumrvjhypdögbcfwåqxzšž",          // Finnish
		"enatirodslghvkmubpwjczfëxyéèïöüqç",        // Dutch
		"aelnotiscrdumpvbgfjxqçàóèéòíúhïüzykw",     // Catalan
		"anriestuðlgmkfvhíáójþæobydpéöúýxc",        // Icelandic
	}
	central = []string{
		"aioezrnwstcykdpmujlłbgęhąóżśćfńźvqx",         // Polish
		"eoantisvrlkdpmuázjyěcbhířýžčšéůfgúňťxóďwq",   // Czech
		"aoeintsrvlkmdpuchjáyzbúíčéžýšľťgfôňďäóĺŕxwq", // Slovak
		"eatlnskomzrigáédyvbhjőfupöócüíúűxwq",         // Hungarian
		"eiartnulcsodpmăfvîgbşţzhâjxkwyq",             // Romanian
		"aioenrstjukvdmlpgzbčšhcžćfđxywq",             // Croatian, Slovene
		"etaoinshrdlcumwfgypbvkjxqz",                  // English
		"enisratdhulcgmobwfkzüvpäßjöyxq",              // German
	}
	cyrillic = []string{
		"оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", // Russian
		"оанивіертскулмдпязьбгйчшюхжцїєщфґ", // Ukrainian
		"аиоетнрсвлкдпмзъгбуцячжщшйхьюф",    // Bulgarian
		"аоиенрсјтукдвпмлгзбчшцњхжљћђфџ",    // Serbian, Macedonian
	}
	baltic = []string{
		"iasteronukmlpvdjgbyėšūžąįčęųzcfhxwq",    // Lithuanian
		"aistreunālokmpdvīzējgbšcņūļģķžčfhxwqyō", // Latvian
		"aeistlunkdormgvhjpäõübfšöžzcyxwqé",      // Estonian
	}
	turkish = "aeinrlkdımuysotbüşzgçhğvcöpfjâîûwxq"
	greek   = "αοιετσνηυρπκμλςωίόάγέδήχθύφβώξζψϊϋΐΰ"
	thai    = "นารอกเงมยลวดท่ส้ตะัีิปบคหแ์ุจพ็ืชูขใไำผโภศซธถึษฟณญฉฮ"
	arabic  = "اليمنوترهبعدسفكقحجةشأطصخىذضزغءثإظئؤآپچگکی"
	hebrew  = "יוהלארתבמשנעםדקחפסגטןצזכךףץ"
)

// The common characters of languages, about from the most to the least frequent,
// with those that mail to a company has.
const (
	simplifiedCharacters = "的，。一是不了在我有人你这您好请他中们来大为上个到说们国和地也子时道出而要于就下得可以年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起" +
		"与好看学进种将还分此心前面又定见只主没公从问题" +
		"本动现样实产新因但些想意全手理、：！？（）电明开已什部长向把样高正外给很话度机比体做力点两间回名业司客户服务订单货物品价格款付发票收件附文档合同议报告通知联系谢查询网站购买退换申请确认关系信息息内容问候复转发邮箱" +
		"安排时间月周今明昨早晚号万元费用支数量快递运送包裹址电脑手机号码密码登录账测试验证使需求计划项目工程技术支持管理员部门经董事会参加活动展览邀函培训课程教育考试成绩院校老师生毕业招聘职位面试简历薪资" +
		"加入更改变换完美希望帮助解决处理办法式情况原错误失败功重要急紧立即尽快注意提醒期限效过到第每最近次前后左右东西南北京海广州深圳市区路街省县城村水火土木金银行卡证书身份姓女男老少父母亲爱喜欢感谢祝福乐新年春节假" +
		"任何果被特别因此虽然即使可能应该必须或者及其各种类型号规格标准质量检相比较长短轻重冷热红黄蓝绿白黑颜色声音乐图片照书籍版本软硬件系统设备材料供商销售市场营推广优惠折扣免赠送礼让反馈投诉满意度调研究院" +
		"王李张刘陈杨赵吴徐孙马朱胡郭林罗郑梁宋唐许韩冯邓曹彭曾肖田袁潘蒋蔡余杜叶苏魏吕丁沈姚卢姜崔钟谭陆汪范石廖贾夏邹孟熊秦江尹薛段雷侯龙史陶黎贺顾毛郝龚邵钱严武戴莫孔汤伟芳娜敏静秀英丽强磊洋勇艳杰娟涛超霞刚桂玲婷玉华飞建燕俊鹏"

	traditionalCharacters = "的，。一是不了在我有人你這您好請他中們來大為上個到說國和地也子時道出而要於就下得可以年生自會那後能對著事其裡所去行過家十用發天如然作方成者多日都三小二無同麼經法當起與" +
		"看學進種將還分此心前面又定見只主沒公從問題" +
		"本動現樣實產新因但些想意全手理、：！？（）電明開已什部長向把高正外給很話度機比體做力點兩間回名業司客戶服務訂單貨物品價格款付票收件附文檔合約議報告通知聯絡繫謝查詢網站購買退換申請確認關係信訊息內容候覆轉郵箱" +
		"安排月週今昨早晚號萬元費支數量快遞運送包裹址腦碼密登錄帳測試驗證使需求計畫劃專案工程技術持管員門參加活動展覽邀函培訓課教育考績院校老師畢招聘職位履歷薪資" +
		"入更改變完美希望幫助解決處理辦式情況原錯誤失敗功重急緊立即盡注提醒期限效第每最近次左右東西南北京海廣市區路街縣城村水火土木金銀卡書身份姓女男少父母親愛喜歡感祝福樂春節假" +
		"任何果被特別雖應該必須或及各類型規標準質檢較短輕冷熱紅黃藍綠白黑顏色聲音圖片照籍版軟硬系統設備材料供商銷售場營推優惠折扣免贈禮讓反饋投訴滿調研究灣臺台" +
		"陳林張李王吳劉蔡楊許鄭郭洪曾邱廖賴徐周葉蘇莊呂江蕭羅潘簡朱鍾彭游詹胡施沈余趙盧梁柯孫魏翁戴范宋鄧杜傅侯曹薛丁馬蔣唐卓馮姚石董紀歐連古汪湯姜田康鄒尤韓龔嚴袁玲淑芬雅婷怡君俊傑志豪玉英芳秀偉娜華建"

	japaneseCharacters = "のいしたにをてはとがでまるすーンなりかっうらくれ、。こスさルおもトあイよけだきラつみドえせやクちリわそアろレめじご日ジシタ様フどロばプひ本人マュ年ッ大カ一会中ムコ事ビ" +
		"ください見社テ名お願上出ィ方国者時分注文商品送料確認届連絡問合件書明求請金払返業務株式場所場前後間月火水木土先来週今回何自新年手地行下生長立同高電話番号用紙便配達会社店客担当部員発送付添資了承" +
		"ャデトメネサキモバブナェョエパグニュゴ田山川中東京都県市区町村語学校教室私方思言知情報変更日程予定議開始終品数量円税込価格在庫売買購入取消交換不良故障修理保証参加申込登録解約契約担希望返信返事感謝失礼致申上存御貴" +
		"げぜぞぎぐずぶべぼほへふむぬねのゆりんぱぴぷぺぽづ・「」（）ケセソチツノハヒヘホミメヤユヨワヲヴガギゲザズゼゾダヂヅベペボポァゥォ早遅急重要質的通無有対応全部最小少多安次第以内外体心目力物動作成工場機械系" +
		"佐藤鈴橋伊渡辺林吉原斎斉井清郎美恵介太之邊髙崎松岡島福野石谷池阿坂森浜平二三健裕和真由香織直樹優翔誠"

	koreanCharacters = "이다는에의을가고하지한로을도기사은서으어인대시정해자그나리수일라제부전보아상여주스과장동안구유원들만했습니까요세공것게있회신문용조성비할금선발면오소모경위계방관불진생중실화연물" +
		"국행내무르분마치트적" +
		"드레감확달송배품문주견입환반청립합메체러저와려합결산계약요청세좀때우교포토음될된없않같받바빠빨처음처안녕님귀께드립답변질의련락처번호개월년말초출력트페이카드결제취소변경날짜시간예약완료" +
		"미니코인터넷홈쇼핑몰택착직접추가첨파류명단영업팀담당자최근본더많작크터프그램버튼클릭링크록서비스센전화팩업체거래처입금계좌은행통장현금포함부탁바랍건축식당손객운또한거든네랑까든며면서려준떤무엇언제어디왜누구" +
		"박김최임심길남북강양울산광천" +
		"윤권황홍백허노곽차민숙희철혁빈섭태훈웅춘복옥순"
)
