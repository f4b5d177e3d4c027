package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	testJWTSecret     = "test-secret-jwt-0123456789abcdef0123456789"
	testWebhookSecret = "test-secret-webhook-0123456789"
	testKey           = "5ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4"
	testOldKey        = "01d5ec4e701d5ec4e701d5ec4e701d5ec4e701d5ec4e701d5ec4e701d5ec4e70"
)

func productionEnv() map[string]string {
	return map[string]string{
		"DATABASE_URL":        "postgres://voxanne_login:test-secret-db-password@db.example:5432/voxanne",
		"BACKEND_URL":         "https://api.clinic.example/",
		"JWT_SECRET":          testJWTSecret,
		"VAPI_WEBHOOK_SECRET": testWebhookSecret,
		"CREDENTIALS_KEY":     testKey,
	}
}

func TestLoadConfigInProduction(t *testing.T) {
	t.Parallel()
	cfg, err := LoadConfig(productionEnv())
	require.NoError(t, err)
	require.Equal(t, Production, cfg.Env, "an unset VOXANNE_ENV is production")
	require.Equal(t, AuthSecret, cfg.WebhookAuth)
	require.Equal(t, []Secret{testWebhookSecret}, cfg.WebhookSecrets)
	require.Equal(t, cfg.DatabaseURL, cfg.DatabaseDirectURL)
	require.Equal(t, "https://api.clinic.example", cfg.BackendURL)
	require.Equal(t, "https://api.vapi.ai", cfg.VapiBaseURL)
	require.Equal(t, 10, cfg.VapiRequestsPerSecond)
	require.Equal(t, 10, cfg.VapiCallsAtOnce)
	require.Equal(t, []string{"https://api.clinic.example/auth/v1"}, cfg.Issuers())
	require.Equal(t, "https://api.twilio.com", cfg.TwilioBaseURL)
	require.Equal(t, "https://api.resend.com", cfg.ResendBaseURL)
	require.Equal(t, "k1", cfg.Keys.SealsWith())
	require.Empty(t, cfg.Made)
}

func TestAPoolerNeedsAWayPastIt(t *testing.T) {
	t.Parallel()
	environ := productionEnv()
	cfg, err := LoadConfig(environ)
	require.NoError(t, err)
	require.Empty(t, cfg.DatabaseOptions())
	environ["DATABASE_POOLER"] = "transaction"
	environ["DATABASE_DIRECT_URL"] = "postgres://voxanne_login:test-secret-db-password@direct.example:5432/voxanne"
	cfg, err = LoadConfig(environ)
	require.NoError(t, err)
	require.Len(t, cfg.DatabaseOptions(), 1)
}

func TestLoadConfigOfTraces(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		endpoint, protocol, disabled string
		traced                       bool
		complaint                    string
	}{
		"unset":           {},
		"a collector":     {endpoint: "http://otel.internal:4318", traced: true},
		"switched off":    {endpoint: "nonsense", disabled: "TRUE"},
		"nonsense":        {endpoint: "nonsense", complaint: "OTEL_EXPORTER_OTLP_ENDPOINT is not a plain http(s) address"},
		"with a password": {endpoint: "https://u:test-secret-otel@otel.example", complaint: "belongs in OTEL_EXPORTER_OTLP_HEADERS"},
		"gRPC":            {endpoint: "http://localhost:4317", protocol: "grpc", complaint: "must be http/protobuf"},
	} {
		environ := productionEnv()
		environ["OTEL_EXPORTER_OTLP_ENDPOINT"], environ["OTEL_SDK_DISABLED"] = tc.endpoint, tc.disabled
		if tc.protocol != "" {
			environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = tc.protocol
		}
		cfg, err := LoadConfig(environ)
		if tc.complaint != "" {
			require.ErrorContains(t, err, tc.complaint, name)
			require.NotContains(t, err.Error(), "test-secret")
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, tc.traced, cfg.Traced(), name)
	}
}

func TestLoadConfigInDevMakesWhatIsMissing(t *testing.T) {
	t.Parallel()
	cfg, err := LoadConfig(map[string]string{
		"VOXANNE_ENV": "dev", "PORT": "9000", "DATABASE_URL": "postgres://localhost/voxanne",
	})
	require.NoError(t, err)
	require.Equal(t, []string{"JWT_SECRET", "VAPI_WEBHOOK_SECRET", "CREDENTIALS_KEY"}, cfg.Made)
	require.Equal(t, "k1", cfg.Keys.SealsWith())
	require.Equal(t, AuthEither, cfg.WebhookAuth)
	require.Equal(t, "http://localhost:9000", cfg.BackendURL)
	require.GreaterOrEqual(t, len(cfg.JWTSecret), minJWTSecret)
	require.NotEqual(t, cfg.JWTSecret, cfg.WebhookSecrets[0])
}

func TestIssuersNameSupabaseOnlyInProduction(t *testing.T) {
	t.Parallel()
	cfg := Config{Env: Production, BackendURL: "https://b.example", SupabaseURL: "https://p.supabase.co"}
	require.Equal(t, []string{"https://p.supabase.co/auth/v1"}, cfg.Issuers())
	cfg.Env = Dev
	require.Equal(t, []string{"https://p.supabase.co/auth/v1", "https://b.example/auth/v1"}, cfg.Issuers())
}

func TestLoadConfigRefusals(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change map[string]string
		want   string
	}{
		"unknown environment":         {map[string]string{"VOXANNE_ENV": "test-secret-env"}, "VOXANNE_ENV must be dev or production."},
		"no database":                 {map[string]string{"DATABASE_URL": ""}, "DATABASE_URL is not set"},
		"database address unreadable": {map[string]string{"DATABASE_URL": "test-secret://nothing here"}, "DATABASE_URL is not a PostgreSQL address"},
		"admin address unreadable":    {map[string]string{"ADMIN_DATABASE_URL": "postgres://test-secret-x:%zz@h/db"}, "ADMIN_DATABASE_URL is not a PostgreSQL address"},
		"unknown pooler":              {map[string]string{"DATABASE_POOLER": "test-secret-pooler"}, "DATABASE_POOLER must be transaction, or unset"},
		"a pooler and no way past it": {map[string]string{"DATABASE_POOLER": "transaction"}, "DATABASE_DIRECT_URL is not set: the queue listens"},
		"metrics port is no port":     {map[string]string{"METRICS_PORT": "test-secret-port"}, "METRICS_PORT must be a number from 1 to 65535."},
		"no rate":                     {map[string]string{"VAPI_REQUESTS_PER_SECOND": "0"}, "VAPI_REQUESTS_PER_SECOND must be a number from 1 to 1000."},
		"rate is no number":           {map[string]string{"VAPI_REQUESTS_PER_SECOND": "test-secret-ten"}, "VAPI_REQUESTS_PER_SECOND must be a number from 1 to 1000."},
		"no requests of a user":       {map[string]string{"DASHBOARD_USER_REQUESTS_PER_SECOND": "0"}, "DASHBOARD_USER_REQUESTS_PER_SECOND must be a number from 1 to 100000."},
		"an organization of less":     {map[string]string{"DASHBOARD_ORG_REQUESTS_PER_SECOND": "19"}, "DASHBOARD_ORG_REQUESTS_PER_SECOND is less than"},
		"no calls at once":            {map[string]string{"VAPI_CALLS_AT_ONCE": "0"}, "VAPI_CALLS_AT_ONCE must be a number from 1 to 1000."},
		"no webhook secret":           {map[string]string{"VAPI_WEBHOOK_SECRET": " "}, "VAPI_WEBHOOK_SECRET is not set"},
		"short webhook secret":        {map[string]string{"VAPI_WEBHOOK_SECRET": "test-secret-x"}, "VAPI_WEBHOOK_SECRET has a value shorter than 16 characters"},
		"three webhook secrets":       {map[string]string{"VAPI_WEBHOOK_SECRET": "test-secret-1,test-secret-2,test-secret-3"}, "VAPI_WEBHOOK_SECRET holds 3 values"},
		"dangling comma":              {map[string]string{"VAPI_WEBHOOK_SECRET": testWebhookSecret + ","}, "VAPI_WEBHOOK_SECRET has an empty value"},
		"unknown webhook auth":        {map[string]string{"VAPI_WEBHOOK_AUTH": "test-secret-none"}, "VAPI_WEBHOOK_AUTH must be secret, hmac or either."},
		"nobody can sign in":          {map[string]string{"JWT_SECRET": ""}, "Nobody could sign in"},
		"short JWT secret":            {map[string]string{"JWT_SECRET": "test-secret-short"}, "JWT_SECRET is shorter than 32 bytes"},
		"no backend address":          {map[string]string{"BACKEND_URL": ""}, "BACKEND_URL is not set"},
		"plain http in production":    {map[string]string{"BACKEND_URL": "http://test-secret.example"}, "BACKEND_URL must start with https:// in production."},
		"supabase with credentials":   {map[string]string{"SUPABASE_URL": "https://u:test-secret-p@s.example"}, "SUPABASE_URL is not a plain http(s) address"},
		"no key for credentials":      {map[string]string{"CREDENTIALS_KEY": ""}, "CREDENTIALS_KEY, which seals the clinics' own credentials, is not set; make one with: openssl rand -hex 32."},
		"short key":                   {map[string]string{"CREDENTIALS_KEY": "test-secret-1"}, "a key has 64 hexadecimal digits"},
		"two ways of e-mail":          {map[string]string{"RESEND_API_KEY": "test-secret-re", "SMTP_URL": "smtp://u:test-secret-p@mail.example:587", "EMAIL_FROM": "a@clinic.example"}, "RESEND_API_KEY and SMTP_URL are both set"},
		"e-mail from nobody":          {map[string]string{"RESEND_API_KEY": "test-secret-re"}, "EMAIL_FROM is not set"},
		"no address":                  {map[string]string{"SMTP_URL": "smtp://mail.example", "EMAIL_FROM": "test-secret-from"}, "EMAIL_FROM is not an e-mail address"},
		"no mail server":              {map[string]string{"SMTP_URL": "https://u:test-secret-p@mail.example", "EMAIL_FROM": "a@clinic.example"}, "SMTP_URL is not the address of a mail server"},
		"Twilio over plain http":      {map[string]string{"TWILIO_BASE_URL": "http://test-secret.example"}, "TWILIO_BASE_URL must start with https://"},
		"Resend's address unreadable": {map[string]string{"RESEND_BASE_URL": "test-secret"}, "RESEND_BASE_URL is not a plain http(s) address"},
		"dashboard over plain http":   {map[string]string{"DASHBOARD_URL": "http://test-secret.example"}, "DASHBOARD_URL must start with https://"},
		"port is no number":           {map[string]string{"PORT": "test-secret-port"}, "PORT must be a number from 1 to 65535."},
		"port out of range":           {map[string]string{"PORT": "70000"}, "PORT must be a number from 1 to 65535."},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ := productionEnv()
			maps.Copy(environ, tc.change)
			_, err := LoadConfig(environ)
			require.ErrorContains(t, err, tc.want)
			require.NotContains(t, err.Error(), "test-secret", "an error never holds a value")
		})
	}
}

func TestLoadConfigReportsEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	_, err := LoadConfig(map[string]string{})
	for _, name := range []string{"DATABASE_URL", "JWT_SECRET", "VAPI_WEBHOOK_SECRET", "CREDENTIALS_KEY", "BACKEND_URL"} {
		require.ErrorContains(t, err, name)
	}
}

func TestParseSecretsAcceptsTwoDuringRotation(t *testing.T) {
	t.Parallel()
	secrets, err := ParseSecrets(" test-secret-old-0001 , test-secret-new-0002 ")
	require.NoError(t, err)
	require.Equal(t, []Secret{"test-secret-old-0001", "test-secret-new-0002"}, secrets)
}

func TestSecretNeverPrintsItsValue(t *testing.T) {
	t.Parallel()
	environ := productionEnv()
	environ["SMTP_URL"], environ["EMAIL_FROM"] = "smtp://u:test-secret-p@mail.example:587", "hello@clinic.example"
	environ["CREDENTIALS_KEY"] = "k2:" + testKey + ",k1:" + testOldKey
	cfg, err := LoadConfig(environ)
	require.NoError(t, err)
	asJSON, err := json.Marshal(cfg)
	require.NoError(t, err)
	for _, printed := range []string{fmt.Sprint(cfg), fmt.Sprintf("%+v", cfg), fmt.Sprintf("%#v", cfg), fmt.Sprintf("%q %s", cfg.JWTSecret, cfg.JWTSecret), string(asJSON)} {
		require.NotContains(t, printed, "test-secret")
		require.NotContains(t, printed, testKey)
		require.NotContains(t, printed, testOldKey)
	}
}

func TestSecretsNamesEveryKeyOfTheList(t *testing.T) {
	t.Parallel()
	environ := productionEnv()
	environ["CREDENTIALS_KEY"] = "k2:" + testKey + ", k1:" + testOldKey
	environ["RESEND_API_KEY"], environ["EMAIL_FROM"] = "test-secret-resend", "hello@clinic.example"
	cfg, err := LoadConfig(environ)
	require.NoError(t, err)
	for _, secret := range []Secret{testKey, testOldKey, "test-secret-resend", cfg.CredentialsKey} {
		require.Contains(t, cfg.Secrets(), secret)
	}
}

func TestInvitationsLeadToTheDashboardOrItsFirstOrigin(t *testing.T) {
	t.Parallel()
	for want, change := range map[string][2]string{
		"":                                {"", ""},
		"https://one.clinic.example":      {"", "https://one.clinic.example, https://two.clinic.example"},
		"https://two.clinic.example/app":  {"https://two.clinic.example/app/", "https://one.clinic.example"},
		"https://only.clinic.example:443": {"https://only.clinic.example:443", ""},
	} {
		environ := productionEnv()
		environ["DASHBOARD_URL"], environ["CORS_ORIGINS"] = change[0], change[1]
		cfg, err := LoadConfig(environ)
		require.NoError(t, err)
		require.Equal(t, want, cfg.DashboardURL)
	}
	environ := productionEnv()
	environ["CORS_ORIGINS"] = "http://plain.clinic.example"
	cfg, err := LoadConfig(environ)
	require.NoError(t, err)
	require.Empty(t, cfg.DashboardURL, "a token does not travel in the clear")
}

func TestLoadConfigOfTheStorage(t *testing.T) {
	t.Parallel()
	s3 := map[string]string{"S3_ENDPOINT": "https://s3.example/", "S3_BUCKET": "files", "S3_ACCESS_KEY_ID": "AKIA", "S3_SECRET_ACCESS_KEY": "test-secret-s3"}
	supabase := map[string]string{"SUPABASE_URL": "https://p.supabase.co", "SUPABASE_SERVICE_ROLE_KEY": "test-secret-service", "SUPABASE_STORAGE_BUCKET": "files"}
	for name, tc := range map[string]struct {
		environ   map[string]string
		without   string
		keeps     FileStorage
		complaint string
	}{
		"nothing":                  {keeps: InDirectory},
		"only a service key":       {environ: supabase, without: "SUPABASE_STORAGE_BUCKET", keeps: InDirectory},
		"Supabase":                 {environ: supabase, keeps: InSupabase},
		"Supabase without its key": {environ: supabase, without: "SUPABASE_SERVICE_ROLE_KEY", complaint: "SUPABASE_STORAGE_BUCKET needs SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY"},
		"S3":                       {environ: s3, keeps: InS3},
		"S3 without a secret":      {environ: s3, without: "S3_SECRET_ACCESS_KEY", complaint: "S3_SECRET_ACCESS_KEY is not set"},
		"S3 without a place":       {environ: s3, without: "S3_ENDPOINT", complaint: "S3_ENDPOINT is not set"},
		"S3 without encryption":    {environ: map[string]string{"S3_ENDPOINT": "http://s3.example", "S3_BUCKET": "f", "S3_ACCESS_KEY_ID": "A", "S3_SECRET_ACCESS_KEY": "test-secret-s3"}, complaint: "S3_ENDPOINT must start with https://"},
		"two places":               {environ: map[string]string{"SUPABASE_STORAGE_BUCKET": "files", "S3_BUCKET": "files"}, complaint: "are both set"},
	} {
		environ := productionEnv()
		maps.Copy(environ, tc.environ)
		delete(environ, tc.without)
		cfg, err := LoadConfig(environ)
		if tc.complaint != "" {
			require.ErrorContains(t, err, tc.complaint, name)
			require.NotContains(t, err.Error(), "test-secret", name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, tc.keeps, cfg.KeepsFilesIn(), name)
		require.Equal(t, ".local/files", cfg.StorageDir, name)
		if tc.keeps == InS3 {
			require.Contains(t, cfg.Secrets(), Secret("test-secret-s3"))
		}
	}
}
