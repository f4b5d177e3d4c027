package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/doctor"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// examined is a whole installation: a served database, and every provider played.
type examined struct {
	*operated
	resend    *sandbox.Resend
	embedding *sandbox.Embedding
	google    *sandbox.Google
	microsoft *sandbox.Microsoft
	s3        *sandbox.S3
}

const (
	doctorKey    = "test-secret-provider-key"
	doctorApp    = "app.patients.example"
	doctorBucket = "recordings"
)

func examine(t *testing.T) *examined {
	t.Helper()
	x := &examined{
		operated: operate(t), resend: sandbox.NewResend(doctorKey), embedding: sandbox.NewEmbedding(doctorKey),
		google: sandbox.NewGoogle(doctorApp, doctorKey), s3: sandbox.NewS3("eu-central-1", doctorBucket, "access", doctorKey),
		microsoft: sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: doctorApp, ClientSecret: doctorKey}),
	}
	x.resend.Verified("patients.example")
	x.embedding.AddModel("small-model", 8)
	x.environ["ADMIN_DATABASE_URL"] = x.data.OwnerURL
	for variable, handler := range map[string]http.Handler{
		"RESEND_BASE_URL": x.resend, "EMBEDDING_BASE_URL": x.embedding, "GOOGLE_BASE_URL": x.google, "MICROSOFT_LOGIN_URL": x.microsoft,
		"S3_ENDPOINT": x.s3,
	} {
		x.environ[variable] = play(t, handler)
	}
	x.environ["MICROSOFT_GRAPH_URL"] = x.environ["MICROSOFT_LOGIN_URL"]
	x.environ["EMBEDDING_BASE_URL"] += "/v1"
	for _, variable := range []string{"RESEND_API_KEY", "EMBEDDING_API_KEY", "GOOGLE_CLIENT_SECRET", "MICROSOFT_CLIENT_SECRET", "S3_SECRET_ACCESS_KEY"} {
		x.environ[variable] = doctorKey
	}
	for variable, value := range map[string]string{
		"EMAIL_FROM": "hello@patients.example", "EMBEDDING_MODEL": "small-model", "EMBEDDING_DIMENSIONS": "8",
		"GOOGLE_CLIENT_ID": doctorApp, "MICROSOFT_CLIENT_ID": doctorApp,
		"S3_REGION": "eu-central-1", "S3_BUCKET": doctorBucket, "S3_ACCESS_KEY_ID": "access", "VAPI_PUBLIC_KEY": "test-secret-public",
	} {
		x.environ[variable] = value
	}
	return x
}

func play(t *testing.T, handler http.Handler) (address string) {
	t.Helper()
	played := httptest.NewServer(handler)
	t.Cleanup(played.Close)
	return played.URL
}

// report runs `voxanne doctor --json`, whose output holds no secret and no address with a password, whatever is wrong.
func (x *examined) report(t *testing.T) (status int, levels map[string]doctor.Finding, report doctor.Report) {
	t.Helper()
	status, out, complaints := x.command(t, "doctor", "--json")
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&report), out+complaints)
	require.NotContains(t, out+complaints, "test-secret")
	require.NotContains(t, out+complaints, "127.0.0.1")
	levels = map[string]doctor.Finding{}
	for _, f := range report.Findings {
		require.NotContains(t, levels, f.Check, "once each")
		require.NotEmpty(t, f.Detail, f.Check)
		require.Equal(t, f.Level == doctor.Error || f.Level == doctor.Warning, f.Remedy != "", "%+v", f)
		levels[f.Check] = f
	}
	return status, levels, report
}

func TestTheDoctorFindsNothingWrongWithAWholeInstallation(t *testing.T) {
	t.Parallel()
	x := examine(t)
	status, found, report := x.report(t)
	require.Zero(t, status)
	require.True(t, report.Healthy)
	for _, check := range []string{"database.login", "database.admin", "database.schema", "database.extensions", "database.pooler",
		"database.pooler_direct", "queue.jobs", "clock.database", "clock.provider", "vapi.private_key", "vapi.public_key", "email", "storage",
		"embedding", "google", "microsoft", "config.DATABASE_URL"} {
		require.Equal(t, doctor.OK, found[check].Level, "%s: %s", check, found[check].Detail)
	}
	require.Equal(t, doctor.Info, found["config.CREDENTIALS_KEY"].Level)
	require.Contains(t, found["config.CREDENTIALS_KEY"].Detail, "made up")
	require.Empty(t, x.s3.Keys(), "what was kept was deleted")
	require.Zero(t, report.Count(doctor.Warning))
}

func TestTheDoctorFindsEachFault(t *testing.T) {
	t.Parallel()
	set := func(variable, value string) func(*testing.T, *examined) {
		return func(_ *testing.T, x *examined) { x.environ[variable] = value }
	}
	run := func(sql string) func(*testing.T, *examined) {
		return func(t *testing.T, x *examined) { x.data.Exec(t, sql) }
	}
	const down = "postgres://voxanne_login:test-secret-pg@127.0.0.1:1/v"
	for name, tc := range map[string]struct {
		spoil  func(*testing.T, *examined)
		check  string
		level  doctor.Level
		detail string
	}{
		"wrong key at Vapi":      {set("VAPI_PRIVATE_KEY", "test-secret-other"), "vapi.private_key", doctor.Error, "refuses the private key"},
		"private key shown":      {set("VAPI_PUBLIC_KEY", "test-secret-vapi"), "vapi.public_key", doctor.Error, "is the private key"},
		"Vapi down":              {set("VAPI_BASE_URL", "http://127.0.0.1:1"), "vapi.private_key", doctor.Error, "cannot be asked"},
		"Vapi hangs":             {func(_ *testing.T, x *examined) { x.vapi.SetLatency(time.Hour) }, "vapi.private_key", doctor.Error, "cannot be asked"},
		"wrong key at Resend":    {set("RESEND_API_KEY", "test-secret-other"), "email", doctor.Error, "is refused"},
		"foreign domain":         {set("EMAIL_FROM", "hello@other.example"), "email", doctor.Error, "not verified"},
		"wrong embedding key":    {set("EMBEDDING_API_KEY", "test-secret-other"), "embedding", doctor.Error, "refuses EMBEDDING_API_KEY"},
		"wrong dimensions":       {set("EMBEDDING_DIMENSIONS", "7"), "embedding", doctor.Error, "another length"},
		"wrong storage key":      {set("S3_SECRET_ACCESS_KEY", "test-secret-other"), "storage", doctor.Error, "refuses the key"},
		"no such bucket":         {set("S3_BUCKET", "elsewhere"), "storage", doctor.Error, "no such bucket"},
		"app refused, Google":    {set("GOOGLE_CLIENT_SECRET", "test-secret-other"), "google", doctor.Error, "refuses our app"},
		"app refused, Microsoft": {set("MICROSOFT_CLIENT_SECRET", "test-secret-other"), "microsoft", doctor.Error, "refuses our app"},
		"Google down":            {set("GOOGLE_BASE_URL", "http://127.0.0.1:1"), "google", doctor.Error, "does not answer"},
		"database down":          {set("DATABASE_URL", down), "database.login", doctor.Error, "cannot be reached"},
		"direct way down":        {set("DATABASE_DIRECT_URL", down), "database.direct", doctor.Error, "cannot be reached"},
		"owner's way down":       {set("ADMIN_DATABASE_URL", down), "database.admin", doctor.Error, "cannot be reached"},
		"unreadable address":     {set("DATABASE_URL", "postgres://u:test-secret-pg@h:notaport/v"), "config.DATABASE_URL", doctor.Error, "not a PostgreSQL address"},
		"nobody's webhook":       {set("BACKEND_URL", "http://127.0.0.1:1"), "webhook.alive", doctor.Error, "Nobody answers"},
		"half an app":            {set("GOOGLE_CLIENT_SECRET", ""), "config.GOOGLE_CLIENT_SECRET", doctor.Error, "is not set"},
		"no variables":           {func(_ *testing.T, x *examined) { delete(x.environ, "DATABASE_URL") }, "config.DATABASE_URL", doctor.Error, "is not set"},
		"old schema": {run("delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)"),
			"database.schema", doctor.Error, "this program at"},
		"newer schema": {run("insert into goose_db_version (version_id, is_applied) values (99999999, true)"), "database.schema", doctor.Warning, "99999999"},
		"no queue":     {run("alter table river.river_queue rename to gone"), "queue.jobs", doctor.Error, "tables are missing"},
		"nobody works": {run("insert into river.river_job (kind, args, max_attempts, state, scheduled_at) values ('sync_agent', '{}', 3, 'available', now() - interval '1 hour')"),
			"queue.jobs", doctor.Error, "1 of sync_agent"},
		"given up": {run("insert into river.river_job (kind, args, max_attempts, state, finalized_at) values ('sync_agent', '{}', 3, 'discarded', now())"),
			"queue.jobs", doctor.Warning, "1 of sync_agent given up"},
		"role that passes row security": {func(_ *testing.T, x *examined) { x.environ["DATABASE_URL"] = x.data.OwnerURL },
			"database.login", doctor.Error, "passes row security"},
		"owner that sees nothing": {func(_ *testing.T, x *examined) { x.environ["ADMIN_DATABASE_URL"] = x.data.LoginURL },
			"database.admin", doctor.Error, "does not see all rows"},
		"wrong password": {wrongPassword, "database.login", doctor.Error, "password is refused"},
		"a stranger's server": {func(t *testing.T, x *examined) { x.environ["BACKEND_URL"] = play(t, http.NotFoundHandler()) },
			"webhook.alive", doctor.Error, "is not this program"},
		"clock skew":            {dated(-time.Hour), "clock.provider", doctor.Error, "differ by"},
		"a little clock skew":   {dated(10 * time.Second), "clock.provider", doctor.Warning, "differ by"},
		"full disk":             {fullDisk, "storage", doctor.Error, "No file can be kept"},
		"mail server's refusal": {mailServer, "email", doctor.Error, "is refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := examine(t)
			tc.spoil(t, x)
			began := time.Now()
			status, found, report := x.report(t)
			require.Less(t, time.Since(began), 15*time.Second)
			require.Equal(t, tc.level, found[tc.check].Level, "%+v", found[tc.check])
			require.Contains(t, found[tc.check].Detail, tc.detail)
			require.Equal(t, tc.level != doctor.Error, report.Healthy)
			require.Equal(t, report.Healthy, status == 0)
		})
	}
}

func wrongPassword(t *testing.T, x *examined) {
	t.Helper()
	u, err := url.Parse(x.data.LoginURL)
	require.NoError(t, err)
	u.User = url.UserPassword(u.User.Username(), "test-secret-other")
	x.environ["DATABASE_URL"] = u.String()
}

// dated has Vapi's clock go wrong.
func dated(by time.Duration) func(*testing.T, *examined) {
	return func(t *testing.T, x *examined) {
		x.environ["VAPI_BASE_URL"] = play(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
			x.vapi.ServeHTTP(w, r)
		}))
	}
}

// fullDisk is a storage that takes nothing more.
func fullDisk(_ *testing.T, x *examined) {
	full := sandbox.Failure{Status: http.StatusInsufficientStorage}
	x.s3.Fail(full, full, full)
}

// mailServer is one that lets nobody in.
func mailServer(t *testing.T, x *examined) {
	t.Helper()
	server, err := sandbox.NewSMTP()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	server.RequireLogin("user", "test-secret-right")
	delete(x.environ, "RESEND_API_KEY")
	x.environ["SMTP_URL"] = "smtp://user:test-secret-mail@" + server.Addr()
}

func TestTheDoctorLeavesAFolderThatIsNotThereAlone(t *testing.T) {
	t.Parallel()
	x := examine(t)
	for _, variable := range []string{"S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"} {
		delete(x.environ, variable)
	}
	folder := filepath.Join(t.TempDir(), "files")
	x.environ["STORAGE_DIR"] = folder
	_, found, _ := x.report(t)
	require.Equal(t, doctor.Info, found["storage"].Level)
	require.NoDirExists(t, folder)

	require.NoError(t, os.Mkdir(folder, 0o700))
	_, found, _ = x.report(t)
	require.Equal(t, doctor.OK, found["storage"].Level, found["storage"].Detail)
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestTheDoctorSaysTheSameInWords(t *testing.T) {
	t.Parallel()
	x := examine(t)
	x.environ["VAPI_PRIVATE_KEY"] = "test-secret-other"
	status, out, complaints := x.command(t, "doctor")
	require.Equal(t, 1, status)
	require.Contains(t, out, "Vapi refuses the private key.")
	require.Contains(t, out, "-> Copy the private key")
	require.Contains(t, out, "1 errors, ")
	require.Contains(t, complaints, "something is wrong")
	require.NotContains(t, out+complaints, "test-secret")
}
