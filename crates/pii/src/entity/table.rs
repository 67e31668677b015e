//! The table of types: one row each.

use super::{Group, Locale, Tier};

macro_rules! entities {
    ($($variant:ident $name:literal $group:ident $tier:ident $locale:expr, $about:literal;)*) => {
        /// What a finding is. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Entity { $(#[doc = $about] $variant,)* }

        impl Entity {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name that policies, tokens and reports use.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What kind of thing it is.
            pub const fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)* }
            }

            /// When it is on.
            pub const fn tier(self) -> Tier {
                match self { $(Self::$variant => Tier::$tier,)* }
            }

            /// The country that must be on, if any.
            pub const fn locale(self) -> Option<Locale> {
                match self { $(Self::$variant => $locale,)* }
            }

            /// What it is, in a sentence's worth of words.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

#[rustfmt::skip]
mod rows {
    use super::*;
    entities! {
        Password "PASSWORD" Secret B None, "A password.";
        GenericSecret "GENERIC_SECRET" Secret B None, "A secret told by the name it is assigned to.";
        UrlCredentials "URL_CREDENTIALS" Secret A None, "The password in a URL.";
        UrlSecret "URL_SECRET" Secret A None, "A secret in a URL's query.";
        AuthHeader "AUTH_HEADER" Secret A None, "The credentials of an HTTP header.";
        Cookie "COOKIE" Secret A None, "The cookies of an HTTP header.";
        EncodedSecret "ENCODED_SECRET" Secret A None, "Credentials in base64.";
        PrivateKey "PRIVATE_KEY" Secret A None, "A private key in PEM or PuTTY form.";
        Jwt "JWT" Secret A None, "A JSON web token.";
        CryptoPrivateKey "CRYPTO_PRIVATE_KEY" Secret A None, "A wallet's private key.";
        CryptoSeedPhrase "CRYPTO_SEED_PHRASE" Secret B None, "The words that recover a wallet.";
        OpenaiApiKey "OPENAI_API_KEY" Secret A None, "A credential of OpenAI.";
        AnthropicApiKey "ANTHROPIC_API_KEY" Secret A None, "A credential of Anthropic.";
        OpenrouterApiKey "OPENROUTER_API_KEY" Secret A None, "A credential of OpenRouter.";
        DeepseekApiKey "DEEPSEEK_API_KEY" Secret B None, "A credential of DeepSeek.";
        GoogleApiKey "GOOGLE_API_KEY" Secret A None, "A credential of Google.";
        GcpOauthToken "GCP_OAUTH_TOKEN" Secret A None, "A credential of Google OAuth.";
        GroqApiKey "GROQ_API_KEY" Secret A None, "A credential of Groq.";
        XaiApiKey "XAI_API_KEY" Secret A None, "A credential of xAI.";
        PerplexityApiKey "PERPLEXITY_API_KEY" Secret A None, "A credential of Perplexity.";
        HuggingfaceToken "HUGGINGFACE_TOKEN" Secret A None, "A credential of Hugging Face.";
        ReplicateApiToken "REPLICATE_API_TOKEN" Secret A None, "A credential of Replicate.";
        NvidiaApiKey "NVIDIA_API_KEY" Secret A None, "A credential of NVIDIA.";
        PineconeApiKey "PINECONE_API_KEY" Secret A None, "A credential of Pinecone.";
        ElevenlabsApiKey "ELEVENLABS_API_KEY" Secret A None, "A credential of ElevenLabs.";
        LangsmithApiKey "LANGSMITH_API_KEY" Secret A None, "A credential of LangSmith.";
        LangfuseKey "LANGFUSE_KEY" Secret A None, "A credential of Langfuse.";
        CohereApiKey "COHERE_API_KEY" Secret B None, "A credential of Cohere.";
        MistralApiKey "MISTRAL_API_KEY" Secret B None, "A credential of Mistral.";
        TogetherApiKey "TOGETHER_API_KEY" Secret B None, "A credential of Together.";
        WandbApiKey "WANDB_API_KEY" Secret B None, "A credential of Weights and Biases.";
        AwsAccessKeyId "AWS_ACCESS_KEY_ID" Secret A None, "A credential of AWS key id.";
        AwsSecretKey "AWS_SECRET_KEY" Secret B None, "A credential of AWS secret key.";
        AwsSessionToken "AWS_SESSION_TOKEN" Secret A None, "A credential of AWS session.";
        AwsBedrockKey "AWS_BEDROCK_KEY" Secret A None, "A credential of AWS Bedrock.";
        AzureAdSecret "AZURE_AD_SECRET" Secret A None, "A credential of Azure client secret.";
        AzureStorageKey "AZURE_STORAGE_KEY" Secret A None, "A credential of Azure storage.";
        AzureApiKey "AZURE_API_KEY" Secret B None, "A credential of Azure API key.";
        GithubToken "GITHUB_TOKEN" Secret A None, "A credential of GitHub.";
        GitlabToken "GITLAB_TOKEN" Secret A None, "A credential of GitLab.";
        SlackToken "SLACK_TOKEN" Secret A None, "A credential of Slack.";
        SlackWebhook "SLACK_WEBHOOK" Secret A None, "A credential of Slack webhook.";
        StripeKey "STRIPE_KEY" Secret A None, "A credential of Stripe.";
        SquareToken "SQUARE_TOKEN" Secret A None, "A credential of Square.";
        TwilioKey "TWILIO_KEY" Secret A None, "A credential of Twilio.";
        SendgridApiKey "SENDGRID_API_KEY" Secret A None, "A credential of SendGrid.";
        MailgunApiKey "MAILGUN_API_KEY" Secret A None, "A credential of Mailgun.";
        MailchimpApiKey "MAILCHIMP_API_KEY" Secret A None, "A credential of Mailchimp.";
        NpmToken "NPM_TOKEN" Secret A None, "A credential of npm.";
        PypiToken "PYPI_TOKEN" Secret A None, "A credential of PyPI.";
        RubygemsToken "RUBYGEMS_TOKEN" Secret A None, "A credential of RubyGems.";
        CratesIoToken "CRATES_IO_TOKEN" Secret A None, "A credential of crates.io.";
        DockerhubToken "DOCKERHUB_TOKEN" Secret A None, "A credential of Docker Hub.";
        DatabricksToken "DATABRICKS_TOKEN" Secret A None, "A credential of Databricks.";
        DigitaloceanToken "DIGITALOCEAN_TOKEN" Secret A None, "A credential of DigitalOcean.";
        HerokuApiKey "HEROKU_API_KEY" Secret A None, "A credential of Heroku.";
        TerraformToken "TERRAFORM_TOKEN" Secret A None, "A credential of Terraform Cloud.";
        VaultToken "VAULT_TOKEN" Secret A None, "A credential of HashiCorp Vault.";
        DopplerToken "DOPPLER_TOKEN" Secret A None, "A credential of Doppler.";
        PulumiToken "PULUMI_TOKEN" Secret A None, "A credential of Pulumi.";
        ShopifyToken "SHOPIFY_TOKEN" Secret A None, "A credential of Shopify.";
        GrafanaToken "GRAFANA_TOKEN" Secret A None, "A credential of Grafana.";
        SentryToken "SENTRY_TOKEN" Secret A None, "A credential of Sentry.";
        NewrelicKey "NEWRELIC_KEY" Secret A None, "A credential of New Relic.";
        DatadogKey "DATADOG_KEY" Secret B None, "A credential of Datadog.";
        DynatraceToken "DYNATRACE_TOKEN" Secret A None, "A credential of Dynatrace.";
        NotionToken "NOTION_TOKEN" Secret A None, "A credential of Notion.";
        LinearApiKey "LINEAR_API_KEY" Secret A None, "A credential of Linear.";
        FigmaToken "FIGMA_TOKEN" Secret A None, "A credential of Figma.";
        AirtableToken "AIRTABLE_TOKEN" Secret A None, "A credential of Airtable.";
        PostmanApiKey "POSTMAN_API_KEY" Secret A None, "A credential of Postman.";
        AtlassianToken "ATLASSIAN_TOKEN" Secret A None, "A credential of Atlassian.";
        SupabaseToken "SUPABASE_TOKEN" Secret A None, "A credential of Supabase.";
        PlanetscaleToken "PLANETSCALE_TOKEN" Secret A None, "A credential of PlanetScale.";
        CloudflareToken "CLOUDFLARE_TOKEN" Secret A None, "A credential of Cloudflare.";
        FlyioToken "FLYIO_TOKEN" Secret A None, "A credential of Fly.io.";
        ArtifactoryToken "ARTIFACTORY_TOKEN" Secret A None, "A credential of Artifactory.";
        AlibabaKeyId "ALIBABA_KEY_ID" Secret A None, "A credential of Alibaba Cloud.";
        OnepasswordSecret "ONEPASSWORD_SECRET" Secret A None, "A credential of 1Password.";
        AgeSecretKey "AGE_SECRET_KEY" Secret A None, "A credential of age.";
        TelegramBotToken "TELEGRAM_BOT_TOKEN" Secret A None, "A credential of Telegram bot.";
        DiscordToken "DISCORD_TOKEN" Secret B None, "A credential of Discord bot.";
        DiscordWebhook "DISCORD_WEBHOOK" Secret A None, "A credential of Discord webhook.";
        FacebookToken "FACEBOOK_TOKEN" Secret A None, "A credential of Facebook.";
        TwitterBearer "TWITTER_BEARER" Secret A None, "A credential of Twitter.";
        PlaidToken "PLAID_TOKEN" Secret A None, "A credential of Plaid.";
        OktaToken "OKTA_TOKEN" Secret B None, "A credential of Okta.";
        CreditCard "CREDIT_CARD" Financial A None, "A payment card number.";
        CardTrack "CARD_TRACK" Financial A None, "The magnetic stripe of a card.";
        Cvv "CVV" Financial B None, "A card's security code.";
        CardExpiry "CARD_EXPIRY" Financial B None, "A card's expiry date.";
        Pin "PIN" Financial B None, "A personal identification number.";
        Iban "IBAN" Financial A None, "An international bank account number.";
        SwiftBic "SWIFT_BIC" Financial B None, "A bank's identifier code.";
        AbaRouting "ABA_ROUTING" Financial B Some(Locale::Us), "A US bank's routing number.";
        BankAccount "BANK_ACCOUNT" Financial B None, "A bank account number.";
        UkSortCode "UK_SORT_CODE" Financial B Some(Locale::Uk), "A UK bank's sort code.";
        InIfsc "IN_IFSC" Financial B Some(Locale::In), "An Indian bank branch's code.";
        InUpi "IN_UPI" Financial B Some(Locale::In), "An Indian payment address.";
        CryptoAddress "CRYPTO_ADDRESS" Financial A None, "A wallet's address.";
        UsSsn "US_SSN" National A Some(Locale::Us), "A US social security number.";
        UsItin "US_ITIN" National A Some(Locale::Us), "A US individual taxpayer number.";
        UsAtin "US_ATIN" National A Some(Locale::Us), "A US adoption taxpayer number.";
        UsEin "US_EIN" National B Some(Locale::Us), "A US employer number.";
        UsNpi "US_NPI" National B Some(Locale::Us), "A US health provider's number.";
        UsDea "US_DEA" National B Some(Locale::Us), "A US prescriber's number.";
        UsMbi "US_MBI" National A Some(Locale::Us), "A US Medicare number.";
        UsPassport "US_PASSPORT" National B Some(Locale::Us), "A US passport number.";
        UsDriverLicense "US_DRIVER_LICENSE" National B Some(Locale::Us), "A US driver's licence number.";
        MedicalRecord "MEDICAL_RECORD" National B None, "A medical record, patient or insurance member number.";
        Passport "PASSPORT" National B None, "A passport number.";
        DriverLicense "DRIVER_LICENSE" National B None, "A driver's licence number.";
        NationalId "NATIONAL_ID" National B None, "An identity number of a country without a detector of its own.";
        TaxId "TAX_ID" National B None, "A tax number of a country without a detector of its own.";
        UkNhs "UK_NHS" National B Some(Locale::Uk), "A UK health service number.";
        UkNino "UK_NINO" National A Some(Locale::Uk), "A UK national insurance number.";
        UkUtr "UK_UTR" National B Some(Locale::Uk), "A UK taxpayer reference.";
        UkDriverLicense "UK_DRIVER_LICENSE" National A Some(Locale::Uk), "A UK driving licence number.";
        UkPassport "UK_PASSPORT" National B Some(Locale::Uk), "A UK passport number.";
        CaSin "CA_SIN" National B Some(Locale::Ca), "A Canadian social insurance number.";
        CaHealth "CA_HEALTH" National B Some(Locale::Ca), "A Canadian health card number.";
        AuTfn "AU_TFN" National B Some(Locale::Au), "An Australian tax file number.";
        AuAbn "AU_ABN" National B Some(Locale::Au), "An Australian business number.";
        AuAcn "AU_ACN" National B Some(Locale::Au), "An Australian company number.";
        AuMedicare "AU_MEDICARE" National B Some(Locale::Au), "An Australian Medicare number.";
        InAadhaar "IN_AADHAAR" National B Some(Locale::In), "An Indian Aadhaar number.";
        InPan "IN_PAN" National B Some(Locale::In), "An Indian tax number.";
        InGstin "IN_GSTIN" National A Some(Locale::In), "An Indian goods-and-services tax number.";
        InEpic "IN_EPIC" National B Some(Locale::In), "An Indian voter number.";
        InPassport "IN_PASSPORT" National B Some(Locale::In), "An Indian passport number.";
        BrCpf "BR_CPF" National B Some(Locale::Br), "A Brazilian person's tax number.";
        BrCnpj "BR_CNPJ" National B Some(Locale::Br), "A Brazilian company's tax number.";
        PlPesel "PL_PESEL" National B Some(Locale::Pl), "A Polish person's number.";
        PlNip "PL_NIP" National B Some(Locale::Pl), "A Polish tax number.";
        PlRegon "PL_REGON" National B Some(Locale::Pl), "A Polish company number.";
        PlIdCard "PL_ID_CARD" National B Some(Locale::Pl), "A Polish identity card number.";
        EsDni "ES_DNI" National A Some(Locale::Es), "A Spanish identity number.";
        EsNie "ES_NIE" National A Some(Locale::Es), "A Spanish foreigner's number.";
        EsCif "ES_CIF" National B Some(Locale::Es), "A Spanish company's tax number.";
        EsNuss "ES_NUSS" National B Some(Locale::Es), "A Spanish social security number.";
        PtNif "PT_NIF" National B Some(Locale::Others), "A Portuguese tax number.";
        FrNir "FR_NIR" National B Some(Locale::Fr), "A French social security number.";
        FrNif "FR_NIF" National B Some(Locale::Fr), "A French tax number.";
        FrSiren "FR_SIREN" National B Some(Locale::Fr), "A French company number.";
        FrSiret "FR_SIRET" National B Some(Locale::Fr), "A French establishment number.";
        DeTaxId "DE_TAX_ID" National B Some(Locale::De), "A German tax identification number.";
        DeIdCard "DE_ID_CARD" National B Some(Locale::De), "A German identity card or passport number.";
        DePensionId "DE_PENSION_ID" National B Some(Locale::De), "A German pension insurance number.";
        DeVat "DE_VAT" National B Some(Locale::De), "A German VAT number.";
        ItFiscalCode "IT_FISCAL_CODE" National A Some(Locale::It), "An Italian fiscal code.";
        ItVat "IT_VAT" National B Some(Locale::It), "An Italian VAT number.";
        NlBsn "NL_BSN" National B Some(Locale::Nl), "A Dutch citizen's number.";
        BeNrn "BE_NRN" National B Some(Locale::Others), "A Belgian national number.";
        AtSvnr "AT_SVNR" National B Some(Locale::Others), "An Austrian insurance number.";
        IePps "IE_PPS" National B Some(Locale::Others), "An Irish public service number.";
        LuId "LU_ID" National B Some(Locale::Others), "A Luxembourg person's number.";
        SePersonnummer "SE_PERSONNUMMER" National B Some(Locale::Others), "A Swedish person's number.";
        NoFnr "NO_FNR" National B Some(Locale::Others), "A Norwegian birth number.";
        DkCpr "DK_CPR" National B Some(Locale::Others), "A Danish person's number.";
        FiHetu "FI_HETU" National A Some(Locale::Others), "A Finnish person's identity code.";
        EeLtCode "EE_LT_CODE" National B Some(Locale::Others), "An Estonian or Lithuanian personal code.";
        LvCode "LV_CODE" National B Some(Locale::Others), "A Latvian personal code.";
        CzSkRc "CZ_SK_RC" National B Some(Locale::Others), "A Czech or Slovak birth number.";
        HuTaxId "HU_TAX_ID" National B Some(Locale::Others), "A Hungarian tax number.";
        RoCnp "RO_CNP" National B Some(Locale::Others), "A Romanian personal code.";
        BgEgn "BG_EGN" National B Some(Locale::Others), "A Bulgarian civil number.";
        GrAmka "GR_AMKA" National B Some(Locale::Others), "A Greek social security number.";
        HrOib "HR_OIB" National B Some(Locale::Others), "A Croatian personal number.";
        SiEmso "SI_EMSO" National B Some(Locale::Others), "A Slovenian personal number.";
        ChAhv "CH_AHV" National A Some(Locale::Others), "A Swiss social security number.";
        TrTckn "TR_TCKN" National B Some(Locale::Others), "A Turkish identity number.";
        IlId "IL_ID" National B Some(Locale::Others), "An Israeli identity number.";
        ZaId "ZA_ID" National B Some(Locale::Others), "A South African identity number.";
        KrRrn "KR_RRN" National B Some(Locale::Others), "A South Korean resident number.";
        JpMyNumber "JP_MY_NUMBER" National B Some(Locale::Others), "A Japanese My Number.";
        CnRic "CN_RIC" National A Some(Locale::Others), "A Chinese resident identity number.";
        SgNric "SG_NRIC" National A Some(Locale::Others), "A Singaporean identity number.";
        HkId "HK_ID" National B Some(Locale::Others), "A Hong Kong identity number.";
        TwId "TW_ID" National B Some(Locale::Others), "A Taiwanese identity number.";
        MyNric "MY_NRIC" National B Some(Locale::Others), "A Malaysian identity number.";
        ThId "TH_ID" National B Some(Locale::Others), "A Thai identity number.";
        IdNik "ID_NIK" National B Some(Locale::Others), "An Indonesian identity number.";
        MxCurp "MX_CURP" National A Some(Locale::Others), "A Mexican population code.";
        MxRfc "MX_RFC" National B Some(Locale::Others), "A Mexican tax number.";
        ArCuit "AR_CUIT" National B Some(Locale::Others), "An Argentine tax number.";
        ClRut "CL_RUT" National B Some(Locale::Others), "A Chilean tax number.";
        NgNin "NG_NIN" National B Some(Locale::Others), "A Nigerian identity number.";
        PhTin "PH_TIN" National B Some(Locale::Others), "A Philippine tax number.";
        RuSnils "RU_SNILS" National B Some(Locale::Others), "A Russian insurance number.";
        RuInn "RU_INN" National B Some(Locale::Others), "A Russian tax number.";
        UaTaxId "UA_TAX_ID" National B Some(Locale::Others), "A Ukrainian tax number.";
        EmailAddress "EMAIL_ADDRESS" Contact A None, "An e-mail address.";
        PhoneNumber "PHONE_NUMBER" Contact A None, "A phone number.";
        IpAddress "IP_ADDRESS" Contact A None, "An IPv4 or IPv6 address.";
        MacAddress "MAC_ADDRESS" Contact A None, "A network interface's address.";
        Imei "IMEI" Device B None, "A phone's serial number.";
        Imsi "IMSI" Device B None, "A SIM card's subscriber number.";
        Iccid "ICCID" Device B None, "A SIM card's serial number.";
        Meid "MEID" Device B None, "A CDMA phone's serial number.";
        Vin "VIN" Device B None, "A vehicle's identification number.";
        Person "PERSON" Person B None, "A person's name.";
        Address "ADDRESS" Person B None, "A postal address.";
        Username "USERNAME" Person B None, "A user's login name.";
        DateOfBirth "DATE_OF_BIRTH" Person B None, "A date of birth.";
        Age "AGE" Person C None, "A person's age.";
        Gender "GENDER" Person C None, "A person's gender.";
        HomePath "HOME_PATH" Person C None, "The user's name in a path.";
        Geo "GEO" Person C None, "Where something is, to ten metres.";
        UkPostcode "UK_POSTCODE" Person C Some(Locale::Uk), "A UK postcode.";
        UkVehicle "UK_VEHICLE" Person C Some(Locale::Uk), "A UK number plate.";
    }
}

pub use rows::Entity;
