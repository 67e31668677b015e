//! The words that tell what stands near them, in several languages, and the keys that tell their value.
//!
//! One row for each hint. Words stand in lower case, without what separates them: `account_number`,
//! `accountNumber` and `account number` are all `accountnumber`.

use super::Hints;

#[rustfmt::skip]
impl Hints {
    pub(crate) const CARD: Self = Self(1 << 0);
    pub(crate) const CVV: Self = Self(1 << 1);
    pub(crate) const EXPIRY: Self = Self(1 << 2);
    pub(crate) const PIN: Self = Self(1 << 3);
    pub(crate) const IBAN: Self = Self(1 << 4);
    pub(crate) const SWIFT: Self = Self(1 << 5);
    pub(crate) const ROUTING: Self = Self(1 << 6);
    pub(crate) const ACCOUNT: Self = Self(1 << 7);
    pub(crate) const SORT: Self = Self(1 << 8);
    pub(crate) const IFSC: Self = Self(1 << 9);
    pub(crate) const UPI: Self = Self(1 << 10);
    pub(crate) const CRYPTO: Self = Self(1 << 11);
    pub(crate) const PHONE: Self = Self(1 << 12);
    pub(crate) const IMEI: Self = Self(1 << 13);
    pub(crate) const IMSI: Self = Self(1 << 14);
    pub(crate) const ICCID: Self = Self(1 << 15);
    pub(crate) const MEID: Self = Self(1 << 16);
    pub(crate) const VIN: Self = Self(1 << 17);
    pub(crate) const SSN: Self = Self(1 << 18);
    pub(crate) const ITIN: Self = Self(1 << 19);
    pub(crate) const EIN: Self = Self(1 << 20);
    pub(crate) const NPI: Self = Self(1 << 21);
    pub(crate) const DEA: Self = Self(1 << 22);
    pub(crate) const MBI: Self = Self(1 << 23);
    pub(crate) const PASSPORT: Self = Self(1 << 24);
    pub(crate) const LICENSE: Self = Self(1 << 25);
    pub(crate) const MEDICAL: Self = Self(1 << 26);
    pub(crate) const NATIONAL: Self = Self(1 << 27);
    pub(crate) const TAX: Self = Self(1 << 28);
    pub(crate) const NHS: Self = Self(1 << 29);
    pub(crate) const NINO: Self = Self(1 << 30);
    pub(crate) const UTR: Self = Self(1 << 31);
    pub(crate) const SIN: Self = Self(1 << 32);
    pub(crate) const CAHEALTH: Self = Self(1 << 33);
    pub(crate) const TFN: Self = Self(1 << 34);
    pub(crate) const ABN: Self = Self(1 << 35);
    pub(crate) const ACN: Self = Self(1 << 36);
    pub(crate) const AUMEDICARE: Self = Self(1 << 37);
    pub(crate) const AADHAAR: Self = Self(1 << 38);
    pub(crate) const PANCARD: Self = Self(1 << 39);
    pub(crate) const GSTIN: Self = Self(1 << 40);
    pub(crate) const EPIC: Self = Self(1 << 41);
    pub(crate) const CPF: Self = Self(1 << 42);
    pub(crate) const CNPJ: Self = Self(1 << 43);
    pub(crate) const PESEL: Self = Self(1 << 44);
    pub(crate) const NIP: Self = Self(1 << 45);
    pub(crate) const REGON: Self = Self(1 << 46);
    pub(crate) const PLID: Self = Self(1 << 47);
    pub(crate) const DNI: Self = Self(1 << 48);
    pub(crate) const CIF: Self = Self(1 << 49);
    pub(crate) const NUSS: Self = Self(1 << 50);
    pub(crate) const PTNIF: Self = Self(1 << 51);
    pub(crate) const NIR: Self = Self(1 << 52);
    pub(crate) const SIREN: Self = Self(1 << 53);
    pub(crate) const SIRET: Self = Self(1 << 54);
    pub(crate) const DEPENSION: Self = Self(1 << 55);
    pub(crate) const FISCAL: Self = Self(1 << 56);
    pub(crate) const PIVA: Self = Self(1 << 57);
    pub(crate) const BSN: Self = Self(1 << 58);
    pub(crate) const NRN: Self = Self(1 << 59);
    pub(crate) const SVNR: Self = Self(1 << 60);
    pub(crate) const PPS: Self = Self(1 << 61);
    pub(crate) const LUID: Self = Self(1 << 62);
    pub(crate) const PNR: Self = Self(1 << 63);
    pub(crate) const FNR: Self = Self(1 << 64);
    pub(crate) const CPR: Self = Self(1 << 65);
    pub(crate) const HETU: Self = Self(1 << 66);
    pub(crate) const EELT: Self = Self(1 << 67);
    pub(crate) const LVCODE: Self = Self(1 << 68);
    pub(crate) const RC: Self = Self(1 << 69);
    pub(crate) const HUTAX: Self = Self(1 << 70);
    pub(crate) const CNP: Self = Self(1 << 71);
    pub(crate) const EGN: Self = Self(1 << 72);
    pub(crate) const AMKA: Self = Self(1 << 73);
    pub(crate) const OIB: Self = Self(1 << 74);
    pub(crate) const EMSO: Self = Self(1 << 75);
    pub(crate) const AHV: Self = Self(1 << 76);
    pub(crate) const TCKN: Self = Self(1 << 77);
    pub(crate) const ILID: Self = Self(1 << 78);
    pub(crate) const ZAID: Self = Self(1 << 79);
    pub(crate) const RRN: Self = Self(1 << 80);
    pub(crate) const MYNUMBER: Self = Self(1 << 81);
    pub(crate) const RIC: Self = Self(1 << 82);
    pub(crate) const NRIC: Self = Self(1 << 83);
    pub(crate) const HKID: Self = Self(1 << 84);
    pub(crate) const TWID: Self = Self(1 << 85);
    pub(crate) const MYNRIC: Self = Self(1 << 86);
    pub(crate) const THID: Self = Self(1 << 87);
    pub(crate) const NIK: Self = Self(1 << 88);
    pub(crate) const CURP: Self = Self(1 << 89);
    pub(crate) const RFC: Self = Self(1 << 90);
    pub(crate) const CUIT: Self = Self(1 << 91);
    pub(crate) const RUT: Self = Self(1 << 92);
    pub(crate) const NGNIN: Self = Self(1 << 93);
    pub(crate) const PHTIN: Self = Self(1 << 94);
    pub(crate) const SNILS: Self = Self(1 << 95);
    pub(crate) const INN: Self = Self(1 << 96);
    pub(crate) const UATAX: Self = Self(1 << 97);
    /// Said of cards and of nothing else.
    pub(crate) const CARDNO: Self = Self(1 << 98);
    pub(crate) const DOB: Self = Self(1 << 99);
    pub(crate) const AGE: Self = Self(1 << 100);
    /// The text is a statement in SQL.
    pub(crate) const SQL: Self = Self(1 << 101);
    pub(crate) const NAME: Self = Self(1 << 102);
    pub(crate) const BARENAME: Self = Self(1 << 103);
    pub(crate) const OWNER: Self = Self(1 << 104);
    pub(crate) const ADDRESS: Self = Self(1 << 105);
    pub(crate) const ZIP: Self = Self(1 << 106);
    pub(crate) const SEED: Self = Self(1 << 107);
    pub(crate) const USERNAME: Self = Self(1 << 108);
    pub(crate) const PASSWORD: Self = Self(1 << 109);
    pub(crate) const SECRET: Self = Self(1 << 110);
    pub(crate) const AUTH: Self = Self(1 << 111);
    pub(crate) const COOKIE: Self = Self(1 << 112);
    pub(crate) const DEEPSEEK: Self = Self(1 << 113);
    pub(crate) const COHERE: Self = Self(1 << 114);
    pub(crate) const MISTRAL: Self = Self(1 << 115);
    pub(crate) const TOGETHER: Self = Self(1 << 116);
    pub(crate) const WANDB: Self = Self(1 << 117);
    pub(crate) const AWS: Self = Self(1 << 118);
    pub(crate) const AZURE: Self = Self(1 << 119);
    pub(crate) const DATADOG: Self = Self(1 << 120);
    pub(crate) const OKTA: Self = Self(1 << 121);
    pub(crate) const DISCORD: Self = Self(1 << 122);
    pub(crate) const TWILIO: Self = Self(1 << 123);
    pub(crate) const TELEGRAM: Self = Self(1 << 124);
    pub(crate) const CLOUDFLARE: Self = Self(1 << 125);
    pub(crate) const VAULT: Self = Self(1 << 126);
}

/// The words of each hint.
#[rustfmt::skip]
pub(super) const WORDS: &[(Hints, &str)] = &[
    (Hints::CARD, "card cards creditcard debitcard cardnumber ccnumber ccnum cc visa mastercard amex discover \
        maestro kreditkarte kreditkartennummer carte cartebancaire tarjeta cartao carta karta pan payment \
        creditcardnumber"),
    (Hints::CVV, "cvv cvc cvv2 cvc2 csc cid securitycode cardsecuritycode verificationcode prüfnummer cvn"),
    (Hints::EXPIRY, "exp expiry expires expiration expirationdate expirydate expdate validthru validuntil \
        goodthru cardexpiry ccexp gültigbis"),
    (Hints::PIN, "pin pincode pinnumber cardpin atmpin"),
    (Hints::IBAN, "iban bankaccount kontonummer conto cuenta compte konto rekening rekeningnummer"),
    (Hints::SWIFT, "swift bic swiftcode biccode swiftbic bankcode"),
    (Hints::ROUTING, "routing routingnumber aba abarouting rtn routingno bankrouting transitnumber wire"),
    (Hints::ACCOUNT, "accountnumber acct acctnumber acctno accountno accountnum bankaccount accno account \
        kontonummer konto compte cuenta conto rekening rekeningnummer checkingaccount savingsaccount bankacct \
        beneficiaryaccount"),
    (Hints::SORT, "sortcode sortcodes sorting"),
    (Hints::IFSC, "ifsc ifsccode"),
    (Hints::UPI, "upi vpa upiid"),
    (Hints::CRYPTO, "wallet bitcoin btc eth ethereum solana sol crypto litecoin monero usdt"),
    (Hints::PHONE, "phone phones telephone tel mobile cell cellphone fax callme pleasecall callback phonenumber \
        mobilenumber contactnumber whatsapp sms dial dialed dialled ring contact reachme reachmeat reachmeon \
        reachable reachableat reachableon callmeat callmeon callat callusat callhim callher callthem \
        callednumber calling cancall orcall willcall shouldcall callour textme textmeat textto textmessage smsto sendsms messagesto messageto \
        answeringat ringme ringmeat ringmeon faxto faxnumber landline landlinenumber deskphone desk office \
        officephone workphone homephone helpline hotline switchboard directline directdial extension \
        myregistered registerednumber registeredmobile registeredphone mynumber mynumberis hernumberis \
        hisnumberis ournumber yournumber newnumber mycell meacall usacall telefon handy handynummer \
        handynr telefonnummer telefonnr telnr mobil mobilnummer mobilfunknummer rufnummer durchwahl \
        festnetz festnetznummer rückruf rückrufnummer erreichbar erreichbarunter unterdernummer michunter mirunter anrufen téléphone tél \
        numérodetéléphone téléphoneportable numérodeportable monportable portable appelezmoi joignable joindre \
        rappelez teléfono telefono tlf tfno móvil movil celular númerodeteléfono llámame llámeme llamar \
        llamadme llámanos cellulare numeroditelefono chiamami chiamatemi chiamare telefoon telefoonnummer mobiel belmeop bel bereikbaarop \
        telefone telefonenumber telemóvel telemovel ligar liguepara meligue fone komórka komórki numertelefonu \
        telefonu zadzwoń numer ph msisdn phoneno textmeon callerid caller callee smsnumber"),
    (Hints::IMEI, "imei imeisv imeinumber"),
    (Hints::IMSI, "imsi"),
    (Hints::ICCID, "iccid simcard simnumber sim"),
    (Hints::MEID, "meid esn"),
    (Hints::VIN, "vin vinnumber vehicleidentification chassis chassisnumber vehicle fahrgestellnummer fin"),
    (Hints::SSN, "ssn ssns socialsecurity socialsecuritynumber socialsec social socialsecurityno"),
    (Hints::ITIN, "itin taxpayer taxpayeridentification individualtaxpayer taxid"),
    (Hints::EIN, "ein fein employeridentification taxid federaltaxid employerid"),
    (Hints::NPI, "npi nationalprovider provideridentifier providerid npinumber"),
    (Hints::DEA, "dea deanumber prescriber deano"),
    (Hints::MBI, "mbi medicare medicarebeneficiary medicareid medicarenumber"),
    (Hints::PASSPORT, "passport passportnumber passportno reisepass reisepassnummer passnummer reisepassnr passeport pasaporte \
        passaporto paspoort paszport passaporte paspoortnummer"),
    (Hints::LICENSE, "driverlicense driverslicense driverlicence driverslicence driverslicensenumber \
        drivinglicence drivinglicense licensenumber dl dlnumber dln fuhrerschein führerschein permis licence \
        license patentediguida patente rijbewijs rijbewijsnummer prawojazdy carnetdeconducir permisodeconducir \
        führerscheinnummer permisdeconduire cnh"),
    (Hints::MEDICAL, "mrn medicalrecord medicalrecordnumber patientid patientnumber chartnumber healthplan \
        memberid insuranceid policynumber insurancenumber healthinsurance beneficiaryid subscriberid \
        hospitalnumber"),
    (Hints::NATIONAL, "nationalid nationalidentification nationalidnumber identitynumber identitycard \
        idnumber idcard citizenid personalnumber personnummer personalid personalcode personalidentification \
        identification idno govid governmentid personalausweis ausweisnummer ausweis personalausweisnummer personalausweisnr cni cartedidentité carted'identité"),
    (Hints::TAX, "taxid taxnumber taxidentification tin tinnumber steuer steuernummer steuerid \
        steueridentifikationsnummer identifikationsnummer steueridnr idnr fiscal nif numérofiscal \
        numerofiscal impuesto vat vatid vatnumber tva ustid ustidnr umsatzsteuer btw mwst partitaiva piva \
        taxpayer"),
    (Hints::NHS, "nhs nhsnumber nhsno healthservice patient"),
    (Hints::NINO, "nino nationalinsurance nationalinsurancenumber ni ninumber insurance"),
    (Hints::UTR, "utr uniquetaxpayer taxpayerreference selfassessment taxreference"),
    (Hints::SIN, "sin socialinsurance socialinsurancenumber nas assurancesociale"),
    (Hints::CAHEALTH, "healthcard ohip healthcardnumber phn msp ramq healthnumber carecard"),
    (Hints::TFN, "tfn taxfile taxfilenumber"),
    (Hints::ABN, "abn businessnumber australianbusiness australianbusinessnumber"),
    (Hints::ACN, "acn companynumber australiancompany"),
    (Hints::AUMEDICARE, "medicare medicarecard medicarenumber"),
    (Hints::AADHAAR, "aadhaar aadhar adhaar uidai aadhaarnumber aadhaarno"),
    (Hints::PANCARD, "pan pancard pannumber permanentaccount permanentaccountnumber incometax panno"),
    (Hints::GSTIN, "gstin gst gstnumber"),
    (Hints::EPIC, "epic voter voterid votercard electoral"),
    (Hints::CPF, "cpf cadastrodepessoas cadastropessoa"),
    (Hints::CNPJ, "cnpj"),
    (Hints::PESEL, "pesel"),
    (Hints::NIP, "nip"),
    (Hints::REGON, "regon"),
    (Hints::PLID, "dowód dowod dowodu dowodosobisty dowóduosobistego osobistego idcard"),
    (Hints::DNI, "dni nie nif documento documentodeidentidad identidad documentonacional cédula cedula"),
    (Hints::CIF, "cif"),
    (Hints::NUSS, "nuss naf seguridadsocial afiliación afiliacion"),
    (Hints::PTNIF, "nif contribuinte númerodecontribuinte contribuintes nipc"),
    (Hints::NIR, "nir sécuritésociale securitesociale securitésociale numérodesécu insee sécu vitale secu \
        numsecu numerosecu"),
    (Hints::SIREN, "siren"),
    (Hints::SIRET, "siret"),
    (Hints::DEPENSION, "rentenversicherung rentenversicherungsnummer sozialversicherungsnummer \
        sozialversicherung svnr rvnr versicherungsnummer rv"),
    (Hints::FISCAL, "codicefiscale fiscale cf"),
    (Hints::PIVA, "partitaiva piva iva partita"),
    (Hints::BSN, "bsn burgerservicenummer burgerservice sofi sofinummer"),
    (Hints::NRN, "rijksregister rijksregisternummer registrenational nationalregister nrn niss insz \
        numéronational"),
    (Hints::SVNR, "svnr sozialversicherung sozialversicherungsnummer svnummer sv versicherungsnummer"),
    (Hints::PPS, "pps ppsn ppsnumber personalpublicservice"),
    (Hints::LUID, "matricule luxembourg"),
    (Hints::PNR, "personnummer personnr samordningsnummer pnr"),
    (Hints::FNR, "fødselsnummer fodselsnummer fnr fødselsnr personnummer"),
    (Hints::CPR, "cpr cprnummer cprnr personnummer"),
    (Hints::HETU, "hetu henkilötunnus henkilotunnus"),
    (Hints::EELT, "isikukood asmenskodas asmens personalcode"),
    (Hints::LVCODE, "personaskods personas"),
    (Hints::RC, "rodnécíslo rodnéčíslo rodnecislo rodne rodné rc"),
    (Hints::HUTAX, "adóazonosító adoazonosito adóazonosítójel adóazonosítójele adószám taj"),
    (Hints::CNP, "cnp codnumeric codnumericpersonal"),
    (Hints::EGN, "egn егн"),
    (Hints::AMKA, "amka αμκα"),
    (Hints::OIB, "oib"),
    (Hints::EMSO, "emšo emso jmbg"),
    (Hints::AHV, "ahv avs ahvnummer ahvnr"),
    (Hints::TCKN, "tc tckn tckimlik kimlik kimlikno tcno"),
    (Hints::ILID, "teudat teudatzehut zehut israeliid"),
    (Hints::ZAID, "said southafricanid rsaid idnumber"),
    (Hints::RRN, "rrn residentregistration 주민등록번호 주민번호"),
    (Hints::MYNUMBER, "mynumber マイナンバー 個人番号 kojinbango"),
    (Hints::RIC, "身份证 身份证号 身份证号码 residentidentity shenfenzheng"),
    (Hints::NRIC, "nric fin"),
    (Hints::HKID, "hkid hongkongid"),
    (Hints::TWID, "taiwanid 身分證"),
    (Hints::MYNRIC, "mykad nric ic myic"),
    (Hints::THID, "thaiid thainationalid บัตรประชาชน"),
    (Hints::NIK, "nik ktp"),
    (Hints::CURP, "curp"),
    (Hints::RFC, "rfc"),
    (Hints::CUIT, "cuit cuil"),
    (Hints::RUT, "rut run"),
    (Hints::NGNIN, "nin"),
    (Hints::PHTIN, "tin philippines"),
    (Hints::SNILS, "snils снилс"),
    (Hints::INN, "inn инн"),
    (Hints::UATAX, "рнокпп ipn rnokpp"),
    (Hints::CARDNO, "card cards creditcard debitcard cardnumber ccnumber ccnum cc creditcardnumber cardno \
        paymentcard bankcard kreditkarte kreditkartennummer cartebancaire cartebleue numérodecarte tarjeta \
        tarjetadecrédito tarjetadecredito numerodetarjeta cartadicredito cartaodecredito cartãodecrédito \
        cartão kartakredytowa kartykredytowej numerkarty creditcardnummer"),
    (Hints::DOB, "dob dateofbirth birthdate birthday born birth dobirth birthdt geburtsdatum geboren geb \
        naissance datedenaissance né née nacimiento fechadenacimiento nacido nacida nascimento \
        datadenascimento datadinascita nascita nato nata geboortedatum urodzenia"),
    // Digits are an age, letters a gender.
    (Hints::AGE, "age aged gender sex geschlecht sexe sexo sesso"),
    (Hints::SQL, "dbquery querytext dbstatement sqlquery sqlstatement sqltext dbsql"),
    (Hints::NAME, "firstname lastname fullname middlename surname givenname familyname maidenname displayname \
        realname legalname forename firstnames nickname customername patientname employeename username_full \
        clientname cardholdername cardholder accountholder holdername beneficiaryname recipientname \
        sendername contactname authorname ownername passengername guestname studentname doctorname \
        mothersmaidenname emergencycontact nameoncard accountname vorname nachname familienname nom prénom \
        prenom nomdefamille nombre apellido apellidos nome sobrenome cognome voornaam achternaam imię \
        nazwisko personname buyername leadname billingname shippingname membername applicantname \
        candidatename borrowername tenantname insuredname nomcomplet nombrecompleto nomecompleto"),
    (Hints::BARENAME, "name"),
    (Hints::OWNER, "user customer patient employee author contact client person owner recipient sender member \
        passenger guest student applicant candidate holder cardholder doctor manager assignee reporter buyer \
        lead billing shipping users customers patients employees contacts"),
    (Hints::ADDRESS, "address streetaddress homeaddress mailingaddress billingaddress shippingaddress \
        postaladdress addressline addressline1 addressline2 street street1 street2 residence deliveryaddress \
        addr homeaddr adresse anschrift strasse straße direccion dirección indirizzo endereço endereco adres \
        rue domicile physicaladdress workaddress streetname address1 address2 customeraddress"),
    (Hints::ZIP, "zip zipcode postcode postalcode plz postleitzahl codepostal codigopostal códigopostal cep zippostal \
        codicepostale kodpocztowy pincode"),
    (Hints::SEED, "seedphrase seedwords mnemonic mnemonicphrase recoveryphrase recoverywords secretphrase \
        backupphrase walletphrase bip39 seed walletseed recoveryseed secretrecoveryphrase"),
    (Hints::USERNAME, "username login loginname userlogin screenname userhandle accountusername twitterhandle \
        benutzername"),
    (Hints::PASSWORD, "password passwd pwd passphrase passwort motdepasse contraseña contrasena senha hasło \
        haslo wachtwoord passwordhash pass userpassword dbpassword dbpass pgpassword mysqlpwd newpassword \
        oldpassword currentpassword sshpass smtppass authpass 密码 parola rootpassword adminpassword kennwort \
        sshpassphrase ldappassword identifiedby"),
    (Hints::SECRET, "sig xamzsignature xamzsecuritytoken xgoogsignature secret secretkey clientsecret apikey apisecret apitoken accesstoken authtoken \
        refreshtoken idtoken bearertoken securitytoken sessiontoken privatekey encryptionkey signingkey \
        signingsecret masterkey credential credentials secrettoken appsecret consumersecret appkey accesskey \
        secretaccesskey webhooksecret sharedsecret jwtsecret sessionsecret sastoken servicetoken deploytoken \
        bottoken xapikey apiaccesskey token storagekey accountkey accesskeysecret oauthtoken usertoken \
        authkey xauthtoken xaccesstoken sharedaccesskey subscriptionkey licensekey hmackey aeskey clientkey \
        adminkey serviceaccountkey personalaccesstoken pat sessionkey sid xicsrf connectionstring \
        authsecret keysecret otpsecret totpsecret recoverycode"),
    (Hints::AUTH, "authorization proxyauthorization xauthorization"),
    (Hints::COOKIE, "cookie setcookie cookies httpcookie"),
    (Hints::DEEPSEEK, "deepseek"),
    (Hints::COHERE, "cohere"),
    (Hints::MISTRAL, "mistral mistralai"),
    (Hints::TOGETHER, "together togetherai"),
    (Hints::WANDB, "wandb weightsandbiases weightsbiases"),
    (Hints::AWS, "aws awssecret secretaccesskey awssecretaccesskey awssecretkey amazon awsaccess s3 secretkey"),
    (Hints::AZURE, "azure azureopenai azurekey ocp cognitive"),
    (Hints::DATADOG, "datadog dd ddapikey ddappkey datadogapikey"),
    (Hints::OKTA, "okta ssws oktatoken"),
    (Hints::DISCORD, "discord discordbot bottoken discordtoken"),
    (Hints::TWILIO, "twilio twilioauth authtoken accountsid"),
    (Hints::TELEGRAM, "telegram tg telegrambot bottoken"),
    (Hints::CLOUDFLARE, "cloudflare cf cfapi"),
    (Hints::VAULT, "vault vaulttoken"),
];
