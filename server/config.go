package server

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
)

// Environment is what VOXANNE_ENV says.
type Environment string

// The two environments. An unset VOXANNE_ENV means production, because a
// forgotten variable must not open a door.
const (
	Dev        Environment = "dev"
	Production Environment = "production"
)

// WebhookAuth is how a Vapi webhook proves itself.
type WebhookAuth string

// The ways: the shared secret in x-vapi-secret, an HMAC over timestamp and
// body, or whichever of the two is present.
const (
	AuthSecret WebhookAuth = "secret"
	AuthHMAC   WebhookAuth = "hmac"
	AuthEither WebhookAuth = "either"
)

// poolsTransactions is the one DATABASE_POOLER: each transaction gets whichever of the server's connections is free.
const poolsTransactions = "transaction"

// Config is everything the processes read from their environment.
type Config struct {
	Env               Environment `env:"VOXANNE_ENV" envDefault:"production"`
	Port              string      `env:"PORT" envDefault:"8080"`
	MetricsPort       string      `env:"METRICS_PORT"` // where `voxanne work` serves /metrics; nowhere when unset
	BackendURL        string      `env:"BACKEND_URL"`  // where Vapi and the dashboard reach us, without a trailing slash
	DatabaseURL       Secret      `env:"DATABASE_URL"`
	DatabaseDirectURL Secret      `env:"DATABASE_DIRECT_URL"` // same role, not through a pooler
	AdminDatabaseURL  Secret      `env:"ADMIN_DATABASE_URL"`
	DatabasePooler    string      `env:"DATABASE_POOLER"` // transaction: DATABASE_URL leads through a pooler of that kind
	JWTSecret         Secret      `env:"JWT_SECRET"`
	SupabaseURL       string      `env:"SUPABASE_URL"`
	VapiPrivateKey    Secret      `env:"VAPI_PRIVATE_KEY"`
	VapiPublicKey     string      `env:"VAPI_PUBLIC_KEY"`
	VapiBaseURL       string      `env:"VAPI_BASE_URL" envDefault:"https://api.vapi.ai"`
	VapiRate          string      `env:"VAPI_REQUESTS_PER_SECOND" envDefault:"10"` // of all processes together
	VapiSlots         string      `env:"VAPI_CALLS_AT_ONCE" envDefault:"10"`       // of all processes together
	WebhookSecretList Secret      `env:"VAPI_WEBHOOK_SECRET"`
	WebhookAuth       WebhookAuth `env:"VAPI_WEBHOOK_AUTH"` // either in dev, secret in production
	CredentialsKey    Secret      `env:"CREDENTIALS_KEY"`   // id:key[,id:key]; the first seals, see vault.ParseKeyring
	TwilioBaseURL     string      `env:"TWILIO_BASE_URL" envDefault:"https://api.twilio.com"`
	ResendBaseURL     string      `env:"RESEND_BASE_URL" envDefault:"https://api.resend.com"`
	ResendAPIKey      Secret      `env:"RESEND_API_KEY"` // the platform's, for clinics without a key of their own; or SMTPURL
	SMTPURL           Secret      `env:"SMTP_URL"`
	EmailFrom         string      `env:"EMAIL_FROM"`                // what the platform's e-mail is sent from
	DashboardURL      string      `env:"DASHBOARD_URL"`             // where invitations and consents lead, without a trailing slash; CORS_ORIGINS' first when unset
	SupabaseKey       Secret      `env:"SUPABASE_SERVICE_ROLE_KEY"` // opens SupabaseBucket; the service asks Supabase for nothing else with it
	SupabaseBucket    string      `env:"SUPABASE_STORAGE_BUCKET"`   // where recordings are kept: here, or in S3Bucket, or in StorageDir
	S3Endpoint        string      `env:"S3_ENDPOINT"`
	S3Region          string      `env:"S3_REGION" envDefault:"us-east-1"`
	S3Bucket          string      `env:"S3_BUCKET"`
	S3AccessKey       string      `env:"S3_ACCESS_KEY_ID"`
	S3SecretKey       Secret      `env:"S3_SECRET_ACCESS_KEY"`
	StorageDir        string      `env:"STORAGE_DIR"`        // VOXANNE_HOME/files when unset; all processes must see the same one
	EmbeddingBaseURL  string      `env:"EMBEDDING_BASE_URL"` // up to and without /embeddings; documents are compared by their words when unset
	EmbeddingKey      Secret      `env:"EMBEDDING_API_KEY"`
	EmbeddingModel    string      `env:"EMBEDDING_MODEL"`
	GoogleID          string      `env:"GOOGLE_CLIENT_ID"` // our app at Google; clinics cannot connect Google calendars when unset
	GoogleSecret      Secret      `env:"GOOGLE_CLIENT_SECRET"`
	GoogleBaseURL     string      `env:"GOOGLE_BASE_URL"`     // one host that plays all of Google's; Google's own when unset
	MicrosoftID       string      `env:"MICROSOFT_CLIENT_ID"` // and that at Microsoft, for Outlook
	MicrosoftSecret   Secret      `env:"MICROSOFT_CLIENT_SECRET"`
	MicrosoftTenant   string      `env:"MICROSOFT_TENANT" envDefault:"common"` // whose accounts may connect; common: all
	MicrosoftGraphURL string      `env:"MICROSOFT_GRAPH_URL" envDefault:"https://graph.microsoft.com"`
	MicrosoftLoginURL string      `env:"MICROSOFT_LOGIN_URL" envDefault:"https://login.microsoftonline.com"`
	DrainSeconds      string      `env:"DRAIN_SECONDS"`               // 4, and 0 in dev
	TracesEndpoint    string      `env:"OTEL_EXPORTER_OTLP_ENDPOINT"` // where traces go; nowhere when unset
	TracesProtocol    string      `env:"OTEL_EXPORTER_OTLP_PROTOCOL" envDefault:"http/protobuf"`
	TracesDisabled    string      `env:"OTEL_SDK_DISABLED"` // true: nowhere all the same
	OriginList        string      `env:"CORS_ORIGINS"`      // comma-separated; browsers' pages elsewhere may not ask
	UserPace          string      `env:"DASHBOARD_USER_REQUESTS_PER_SECOND" envDefault:"20"`
	OrgPace           string      `env:"DASHBOARD_ORG_REQUESTS_PER_SECOND" envDefault:"60"`
	Home              string      `env:"VOXANNE_HOME" envDefault:".local"`

	EmbeddingDimensions         string `env:"EMBEDDING_DIMENSIONS" envDefault:"1536"`
	EmbeddingPreviousModel      string `env:"EMBEDDING_PREVIOUS_MODEL"` // answers until EMBEDDING_MODEL has made all vectors
	EmbeddingPreviousDimensions string `env:"EMBEDDING_PREVIOUS_DIMENSIONS" envDefault:"1536"`

	// EmbeddingLength and EmbeddingPreviousLength are the two dimensions as numbers.
	EmbeddingLength         int `env:"-"`
	EmbeddingPreviousLength int `env:"-"`
	// VapiRequestsPerSecond is VapiRate as a number.
	VapiRequestsPerSecond int `env:"-"`
	// VapiCallsAtOnce is VapiSlots as a number: how many outbound calls the account may make at once.
	VapiCallsAtOnce int `env:"-"`
	// Drain is DrainSeconds as a time: how long a process that was told to stop still answers.
	Drain time.Duration `env:"-"`
	// Pace is UserPace and OrgPace as numbers.
	Pace Pace `env:"-"`
	// Origins is OriginList taken apart.
	Origins []string `env:"-"`
	// WebhookSecrets is WebhookSecretList taken apart: one, or two during rotation.
	WebhookSecrets []Secret `env:"-"`
	// Keys is CredentialsKey taken apart.
	Keys *vault.Keyring `env:"-"`
	// Made names the variables that LoadConfig made up because dev had none.
	// Whoever starts the process writes them to VOXANNE_HOME/env.
	Made []string `env:"-"`
}

// LoadConfig reads and validates the configuration from environ (os.Environ as
// a map). In dev it makes the secrets that are missing and lists them in Made.
// The error holds one sentence per problem, each saying what to do, and never
// the value of a variable.
func LoadConfig(environ map[string]string) (Config, error) {
	cfg, err := ReadConfig(environ)
	if err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// ReadConfig is LoadConfig for those who explain what is wrong: with the error comes what could be read, which is good for
// looking at and not for running with.
func ReadConfig(environ map[string]string) (Config, error) {
	var cfg Config
	if err := env.ParseWithOptions(&cfg, env.Options{Environment: environ}); err != nil {
		// The library quotes the values it cannot read.
		return Config{}, errors.New("the environment could not be read: every variable is plain text, see README")
	}
	cfg.fillDefaults()
	return cfg, cfg.validate()
}

// Environ returns the process environment as LoadConfig takes it.
func Environ() map[string]string { return env.ToMap(os.Environ()) }

// ThroughPooler tells whether DatabaseURL leads through a pooler in transaction mode.
func (c Config) ThroughPooler() bool { return c.DatabasePooler == poolsTransactions }

// DatabaseOptions is how db.Open connects to DatabaseURL.
func (c Config) DatabaseOptions() []db.Option {
	if c.ThroughPooler() {
		return []db.Option{db.ThroughPooler()}
	}
	return nil
}

// Issuer is the `iss` of the tokens that `voxanne token` mints.
func (c Config) Issuer() string { return c.BackendURL + "/auth/v1" }

// Issuers are the accepted values of a token's `iss`: Supabase's when there is
// one; our own in dev and where no Supabase is configured.
func (c Config) Issuers() []string {
	var issuers []string
	if c.SupabaseURL != "" {
		issuers = append(issuers, c.SupabaseURL+"/auth/v1")
	}
	if c.SupabaseURL == "" || c.Env == Dev {
		issuers = append(issuers, c.Issuer())
	}
	return issuers
}

// Secrets are all secret values in use, for the logger to blank.
func (c Config) Secrets() []Secret {
	all := []Secret{
		c.JWTSecret, c.VapiPrivateKey, c.WebhookSecretList, c.DatabaseURL, c.DatabaseDirectURL, c.AdminDatabaseURL,
		c.CredentialsKey, c.ResendAPIKey, c.SMTPURL, c.SupabaseKey, c.S3SecretKey, c.EmbeddingKey,
		c.GoogleSecret, c.MicrosoftSecret,
	}
	all = append(all, c.WebhookSecrets...)
	for _, key := range vault.KeysOf(string(c.CredentialsKey)) {
		all = append(all, Secret(key))
	}
	return all
}

func (c *Config) fillDefaults() {
	c.BackendURL = strings.TrimRight(c.BackendURL, "/")
	c.SupabaseURL = strings.TrimRight(c.SupabaseURL, "/")
	c.DashboardURL = strings.TrimRight(c.DashboardURL, "/")
	c.VapiBaseURL = strings.TrimRight(c.VapiBaseURL, "/")
	c.TwilioBaseURL = strings.TrimRight(c.TwilioBaseURL, "/")
	c.ResendBaseURL = strings.TrimRight(c.ResendBaseURL, "/")
	c.EmbeddingBaseURL = strings.TrimRight(c.EmbeddingBaseURL, "/")
	c.GoogleBaseURL = strings.TrimRight(c.GoogleBaseURL, "/")
	c.MicrosoftGraphURL = strings.TrimRight(c.MicrosoftGraphURL, "/")
	c.MicrosoftLoginURL = strings.TrimRight(c.MicrosoftLoginURL, "/")
	c.S3Endpoint = strings.TrimRight(c.S3Endpoint, "/")
	if c.StorageDir == "" {
		c.StorageDir = filepath.Join(c.Home, "files")
	}
	if c.DatabaseDirectURL == "" {
		c.DatabaseDirectURL = c.DatabaseURL
	}
	if c.WebhookAuth == "" {
		c.WebhookAuth = AuthSecret
		if c.Env == Dev {
			c.WebhookAuth = AuthEither
		}
	}
	if c.Env == Dev {
		c.fillDev()
	}
}

func (c *Config) fillDev() {
	if c.BackendURL == "" {
		c.BackendURL = "http://localhost:" + c.Port
	}
	if c.JWTSecret == "" && c.SupabaseURL == "" {
		c.JWTSecret, c.Made = makeSecret(), append(c.Made, "JWT_SECRET")
	}
	if c.WebhookSecretList == "" {
		c.WebhookSecretList, c.Made = makeSecret(), append(c.Made, "VAPI_WEBHOOK_SECRET")
	}
	if c.CredentialsKey == "" {
		c.CredentialsKey, c.Made = makeSecret(), append(c.Made, "CREDENTIALS_KEY")
	}
}

func (c *Config) validate() error {
	var problems []error
	complain := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }

	if c.Env != Dev && c.Env != Production {
		complain("VOXANNE_ENV must be dev or production.")
	}
	if !isPort(c.Port) {
		complain("PORT must be a number from 1 to 65535.")
	}
	if c.MetricsPort != "" && !isPort(c.MetricsPort) {
		complain("METRICS_PORT must be a number from 1 to 65535.")
	}
	c.validateDatabase(complain)
	c.validateSignIn(complain)
	c.validateWebhooks(complain)
	c.validateCredentials(complain)
	c.validateEmail(complain)
	c.validateStorage(complain)
	c.validateEmbedding(complain)
	c.validateCalendars(complain)
	c.validateOrigins(complain)
	c.validateDashboard(complain)
	c.validateURL(complain, "BACKEND_URL", c.BackendURL, "the address under which Vapi and the dashboard reach this server")
	if rate, err := strconv.Atoi(c.VapiRate); err != nil || rate < 1 || rate > 1000 {
		complain("VAPI_REQUESTS_PER_SECOND must be a number from 1 to 1000.")
	} else {
		c.VapiRequestsPerSecond = rate
	}
	if slots, err := strconv.Atoi(c.VapiSlots); err != nil || slots < 1 || slots > 1000 {
		complain("VAPI_CALLS_AT_ONCE must be a number from 1 to 1000.")
	} else {
		c.VapiCallsAtOnce = slots
	}
	c.validateURL(complain, "VAPI_BASE_URL", c.VapiBaseURL, "Vapi's API, normally https://api.vapi.ai")
	c.validateURL(complain, "TWILIO_BASE_URL", c.TwilioBaseURL, "Twilio's API, normally https://api.twilio.com")
	c.validateURL(complain, "RESEND_BASE_URL", c.ResendBaseURL, "Resend's API, normally https://api.resend.com")
	c.validateTraces(complain)
	c.validateDrain(complain)
	c.validatePace(complain)
	return errors.Join(problems...)
}

type complainer func(format string, args ...any)

func (c *Config) validateDatabase(complain complainer) {
	if c.DatabaseURL == "" {
		complain("DATABASE_URL is not set: give the PostgreSQL address of the role voxanne_login, or start with `make run`, which brings a database.")
		return
	}
	if c.DatabasePooler != "" && c.DatabasePooler != poolsTransactions {
		complain("DATABASE_POOLER must be transaction, or unset where DATABASE_URL leads to PostgreSQL itself or a pooler that keeps sessions.")
	}
	if c.ThroughPooler() && c.DatabaseDirectURL == c.DatabaseURL {
		complain("DATABASE_DIRECT_URL is not set: the queue listens, which a pooler in transaction mode loses. Give the same role's address past the pooler.")
	}
	for name, value := range map[string]Secret{"DATABASE_URL": c.DatabaseURL, "DATABASE_DIRECT_URL": c.DatabaseDirectURL, "ADMIN_DATABASE_URL": c.AdminDatabaseURL} {
		if value == "" {
			continue
		}
		if _, err := pgconn.ParseConfig(string(value)); err != nil { // its text quotes the address
			complain("%s is not a PostgreSQL address: write it as postgres://user:password@host:5432/database.", name)
		}
	}
}

func (c *Config) validateSignIn(complain complainer) {
	if c.JWTSecret == "" && c.SupabaseURL == "" {
		complain("Nobody could sign in: set SUPABASE_URL (its public keys are fetched), or JWT_SECRET to the project's JWT secret.")
	}
	if c.JWTSecret != "" && len(c.JWTSecret) < minJWTSecret {
		complain("JWT_SECRET is shorter than %d bytes: use the project's JWT secret, or make one with: openssl rand -hex 32.", minJWTSecret)
	}
	if c.SupabaseURL != "" {
		c.validateURL(complain, "SUPABASE_URL", c.SupabaseURL, "the project's address, as in https://<project>.supabase.co")
	}
}

func (c *Config) validateWebhooks(complain complainer) {
	switch c.WebhookAuth {
	case AuthSecret, AuthHMAC, AuthEither:
	default:
		complain("VAPI_WEBHOOK_AUTH must be secret, hmac or either.")
	}
	secrets, err := ParseSecrets(string(c.WebhookSecretList))
	if err != nil {
		complain("VAPI_WEBHOOK_SECRET %w.", err)
		return
	}
	if len(secrets) == 0 {
		complain("VAPI_WEBHOOK_SECRET is not set: anybody could pose as Vapi. Give the secret that Vapi sends; make one with: openssl rand -hex 32.")
	}
	c.WebhookSecrets = secrets
}

func (c *Config) validateCredentials(complain complainer) {
	keys, err := vault.ParseKeyring(string(c.CredentialsKey))
	if err != nil {
		complain("CREDENTIALS_KEY, which seals the clinics' own credentials, %w.", err)
		return
	}
	c.Keys = keys
}

func (c *Config) validateEmail(complain complainer) {
	if c.ResendAPIKey != "" && c.SMTPURL != "" {
		complain("RESEND_API_KEY and SMTP_URL are both set: e-mail leaves by one of them, remove the other.")
	}
	if c.SMTPURL != "" {
		u, err := url.Parse(string(c.SMTPURL)) // its text quotes the address
		if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
			complain("SMTP_URL is not the address of a mail server: write it as smtp://user:password@host:587 or smtps://user:password@host:465.")
		}
	}
	if c.EmailFrom == "" {
		if c.ResendAPIKey != "" || c.SMTPURL != "" {
			complain("EMAIL_FROM is not set: give the address that e-mail is sent from, as in Voxanne <hello@clinic.example>.")
		}
		return
	}
	if _, err := mail.ParseAddress(c.EmailFrom); err != nil { // its text quotes the address
		complain("EMAIL_FROM is not an e-mail address: write it as hello@clinic.example or Voxanne <hello@clinic.example>.")
	}
}

// validateOrigins wants scheme and host, as browsers write an origin. A wildcard is refused: who may ask is a decision.
func (c *Config) validateOrigins(complain complainer) {
	for origin := range strings.SplitSeq(c.OriginList, ",") {
		origin = strings.TrimRight(strings.TrimSpace(origin), "/")
		if origin == "" {
			continue
		}
		u, err := url.Parse(origin)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || origin != u.Scheme+"://"+u.Host {
			complain("CORS_ORIGINS must list origins, separated by commas, as in https://dashboard.clinic.example.")
			return
		}
		c.Origins = append(c.Origins, origin)
	}
}

// validateDashboard takes the first origin for the dashboard when none is named. Without either no invitation is mailed, nor
// with an origin over which the link's token would travel in the clear.
func (c *Config) validateDashboard(complain complainer) {
	switch {
	case c.DashboardURL != "":
		c.validateURL(complain, "DASHBOARD_URL", c.DashboardURL, "the address under which people open the dashboard")
	case len(c.Origins) > 0 && (c.Env == Dev || strings.HasPrefix(c.Origins[0], "https://")):
		c.DashboardURL = c.Origins[0]
	}
}

// validateURL wants an http or https address; production wants https, except
// for the machine itself.
func (c *Config) validateURL(complain complainer, name, value, meaning string) {
	if value == "" {
		complain("%s is not set: give %s.", name, meaning)
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		complain("%s is not a plain http(s) address: give %s.", name, meaning)
		return
	}
	if c.Env == Production && u.Scheme != "https" && !isLoopback(u.Hostname()) {
		complain("%s must start with https:// in production.", name)
	}
}

func isPort(value string) bool {
	port, err := strconv.Atoi(value)
	return err == nil && port >= 1 && port <= 65535
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
