package recorder_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/recorder"
	"github.com/voxanne-ai/voxanne/providers/download"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testKey = "test-secret-vapi-key"
	vapiID  = "vapi-call-1"
)

// testBundle is a clinic with one ended call, a played Vapi, a played bucket, and a server that the report's address
// leads to.
type testBundle struct {
	data   *dbtest.Database
	db     *db.DB
	vapi   *sandbox.Vapi
	bucket *sandbox.S3
	source *source
	log    *bytes.Buffer
	r      *recorder.Recorder
	org    uuid.UUID
	call   uuid.UUID
	sound  []byte
}

// source is what the address of a report leads to.
type source struct {
	mu      sync.Mutex
	status  int
	content []byte
	asked   int
	during  func() // while it is fetched
}

func (s *source) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.during != nil {
		s.during()
	}
	w.WriteHeader(s.status)
	_, _ = w.Write(s.content)
}

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t), vapi: sandbox.NewVapi(testKey), log: &bytes.Buffer{}, sound: sandbox.Tone(time.Second),
		bucket: sandbox.NewS3("us-east-1", "files", "AKIAPLAYED", "test-secret-bucket")}
	b.source = &source{status: http.StatusOK, content: b.sound}
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), `
		insert into auth.users (id, email) values (gen_random_uuid(), 'ada.quillby@patients.example')
		returning (raw_app_meta_data ->> 'org_id')::uuid`).Scan(&b.org))
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), `
		insert into public.call_logs (org_id, vapi_call_id, location_id, direction, from_number, status)
		select org_id, $2, id, 'inbound', '+13125550142', 'ended' from public.locations where org_id = $1 returning id`, b.org, vapiID).Scan(&b.call))
	b.r = b.recorder(t, b.db, 0)
	return b
}

func serve(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func (b *testBundle) recorder(t *testing.T, opened *db.DB, limit int64) *recorder.Recorder {
	t.Helper()
	played, bucket := serve(t, b.vapi), serve(t, b.bucket)
	client, err := vapi.New(vapi.Options{BaseURL: played.URL, Key: testKey, HTTP: played.Client()})
	require.NoError(t, err)
	store, err := storage.NewS3(storage.S3Options{Endpoint: bucket.URL, Region: "us-east-1", Bucket: "files", AccessKey: "AKIAPLAYED",
		SecretKey: "test-secret-bucket", HTTP: bucket.Client().Transport})
	require.NoError(t, err)
	r, err := recorder.New(recorder.Options{DB: opened, Store: store, Source: client, Download: download.New(true),
		Log: slog.New(slog.NewTextHandler(b.log, nil)), MaxSize: limit})
	require.NoError(t, err)
	return r
}

// report takes in Vapi's report; an empty address is none.
func (b *testBundle) report(t *testing.T, address string) {
	t.Helper()
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
		p := db.RecordCallReportParams{CallID: b.call, Turns: []byte("[]"), HasRecording: true, ToolsUsed: []string{}, SaidNames: []string{}}
		if address != "" {
			p.RecordingURL = &address
		}
		_, err := tx.RecordCallReport(t.Context(), p)
		return err
	}))
}

// state is how far the call's recording got.
func (b *testBundle) state(t *testing.T) (state string) {
	t.Helper()
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(),
		"select concat_ws(' ', recording_state, recording_error) from public.call_logs where id = $1", b.call).Scan(&state))
	return state
}

func (b *testBundle) recording(t *testing.T) (id uuid.UUID) {
	t.Helper()
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), "select id from public.recordings where call_id = $1", b.call).Scan(&id))
	return id
}

// stored is what lies in the bucket, as the database says where.
func (b *testBundle) stored(t *testing.T) string {
	t.Helper()
	require.Equal(t, []string{"recordings/" + b.org.String() + "/" + b.recording(t).String()}, b.bucket.Keys())
	store := b.recorder(t, b.db, 0).Store
	body, err := store.Get(t.Context(), b.bucket.Keys()[0], 0, -1)
	require.NoError(t, err)
	content, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	return string(content)
}

func (b *testBundle) erase(t *testing.T) {
	t.Helper()
	var user uuid.UUID
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), "select user_id from public.profiles where org_id = $1", b.org).Scan(&user))
	claims := `{"sub": "` + user.String() + `", "role": "authenticated", "app_metadata": {"org_id": "` + b.org.String() + `"}}`
	require.NoError(t, b.db.AsUser(context.Background(), []byte(claims), func(tx db.Tx, _ db.Member) error { //nolint:usetesting // also asked while a request runs
		return tx.DeleteCall(context.Background(), b.call, nil)
	}))
}

func TestARecordingIsCopiedFromTheReportsAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.report(t, serve(t, b.source).URL+"/mono.wav?signature=zanzibar-lilac")
	again, err := b.r.Copy(t.Context(), b.org, b.call, false)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, "stored", b.state(t))
	require.Equal(t, string(b.sound), b.stored(t))
	require.Zero(t, b.vapi.Requests(), "Vapi need not be asked")
	_, err = b.r.Copy(t.Context(), b.org, b.call, false)
	require.NoError(t, err)
	require.Equal(t, 1, b.source.asked, "once is enough")
	var kind string
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), "select concat_ws(' ', content_type, size_bytes, source_url) from public.recordings").Scan(&kind))
	require.Equal(t, "audio/wav 16044", kind, "and the secret address is forgotten")
}

func TestVapiIsAskedWhenTheAddressHasExpired(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{"expired": "/expired", "none": "", "unusable": "file:///etc/passwd"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.source.status, b.source.content = http.StatusForbidden, []byte("<Error>expired</Error>")
			if strings.HasPrefix(address, "/") {
				address = serve(t, b.source).URL + address
			}
			b.vapi.AddRecording(vapiID, "audio/x-wav", b.sound)
			b.report(t, address)
			_, err := b.r.Copy(t.Context(), b.org, b.call, false)
			require.NoError(t, err)
			require.Equal(t, []string{"stored", string(b.sound)}, []string{b.state(t), b.stored(t)})
		})
	}
}

func TestAFailureIsTriedAgainAndTheLastOneSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.report(t, "")
	_, err := b.r.Copy(t.Context(), b.org, b.call, false)
	require.ErrorIs(t, err, vapi.ErrNotFound)
	require.False(t, recorder.Final(err))
	require.Equal(t, "at_provider", b.state(t))
	b.vapi.AddRecording(vapiID, "audio/wav", b.sound)
	b.bucket.Fail(sandbox.Failure{}, sandbox.Failure{Status: 503}) // the first asks what is there
	_, err = b.r.Copy(t.Context(), b.org, b.call, true)
	var down *storage.UnavailableError
	require.ErrorAs(t, err, &down)
	require.Equal(t, "failed storage", b.state(t))
	require.Empty(t, b.bucket.Keys())
}

func TestInHIPAAModeARecordingThatIsGoneWasNeverKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.report(t, "")
	b.data.Exec(t, "update public.organizations set hipaa_mode = true")
	_, err := b.r.Copy(t.Context(), b.org, b.call, true)
	require.ErrorIs(t, err, vapi.ErrNotFound)
	require.Equal(t, "not_kept_by_provider", b.state(t))
}

func TestWhatIsNoRecordingIsNotKept(t *testing.T) {
	t.Parallel()
	for says, content := range map[string]string{
		"failed not_audio": "<html>Sign in to continue</html>", "failed too_large": string(sandbox.Tone(2 * time.Second)),
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.source.content = []byte(content)
			b.report(t, serve(t, b.source).URL)
			_, err := b.recorder(t, b.db, int64(len(b.sound))).Copy(t.Context(), b.org, b.call, false)
			require.True(t, recorder.Final(err), "no other try ends better: %v", err)
			require.Equal(t, says, b.state(t))
			require.Empty(t, b.bucket.Keys())
		})
	}
}

func TestTwoCopiesAtOnceAreOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.report(t, serve(t, b.source).URL)
	var waits int
	b.source.during = func() {
		again, err := b.r.Copy(context.Background(), b.org, b.call, false) //nolint:usetesting // in a request's goroutine
		if err == nil && again > 0 {
			waits++
		}
	}
	_, err := b.r.Copy(t.Context(), b.org, b.call, false)
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{waits, b.source.asked}, "the other one waits")
	require.Equal(t, []string{"stored", string(b.sound)}, []string{b.state(t), b.stored(t)})
}

func TestACopyThatDiedBeforeItSaidSoIsTakenUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.report(t, serve(t, b.source).URL)
	_, err := b.r.Copy(t.Context(), b.org, b.call, false)
	require.NoError(t, err)
	b.data.Exec(t, "update public.recordings set stored_at = null, lease_until = app.now() - interval '1 second'")
	_, err = b.r.Copy(t.Context(), b.org, b.call, false)
	require.NoError(t, err)
	require.Equal(t, 1, b.source.asked, "what lies there is whole")
	require.Equal(t, "stored", b.state(t))
}

func TestACallThatIsErasedLeavesNoFile(t *testing.T) {
	t.Parallel()
	t.Run("stored", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.report(t, serve(t, b.source).URL)
		_, err := b.r.Copy(t.Context(), b.org, b.call, false)
		require.NoError(t, err)
		b.erase(t)
		b.bucket.Fail(sandbox.Failure{Status: 503})
		_, err = b.r.Remove(t.Context(), b.org, b.recording(t))
		require.Error(t, err, "the bucket is down")
		again, err := b.r.Remove(t.Context(), b.org, b.recording(t))
		require.NoError(t, err)
		require.Zero(t, again)
		require.Empty(t, b.bucket.Keys())
		_, err = b.r.Remove(t.Context(), b.org, b.recording(t))
		require.NoError(t, err)
		require.Equal(t, "deleted erased", b.state(t))
	})
	t.Run("while it is copied", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.report(t, serve(t, b.source).URL)
		b.source.during = func() { b.erase(t) }
		_, err := b.r.Copy(t.Context(), b.org, b.call, false)
		require.NoError(t, err)
		require.Empty(t, b.bucket.Keys(), "it deletes what it wrote")
		require.Equal(t, "deleted erased", b.state(t))
	})
	t.Run("before it was copied", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.report(t, serve(t, b.source).URL)
		b.erase(t)
		_, err := b.r.Copy(t.Context(), b.org, b.call, false)
		require.NoError(t, err)
		require.Zero(t, b.source.asked)
		require.Empty(t, b.bucket.Keys())
	})
}

func TestRecordingsAreKeptAsLongAsTheClinicSays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.report(t, serve(t, b.source).URL)
	_, err := b.r.Copy(t.Context(), b.org, b.call, false)
	require.NoError(t, err)
	b.data.Exec(t, "update public.organizations set keep_recordings_for = '30 days'")
	require.NoError(t, b.r.Expire(t.Context()))
	require.Equal(t, "stored", b.state(t))
	b.data.Exec(t, "update public.recordings set created_at = app.now() - interval '31 days'")
	require.NoError(t, b.r.Expire(t.Context()))
	require.Equal(t, "deleted expired", b.state(t))
	_, err = b.r.Remove(t.Context(), b.org, b.recording(t))
	require.NoError(t, err)
	require.Empty(t, b.bucket.Keys())
}

func TestAProcessThatIsToldToStopHasNotTriedForTheLastTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	stopping, stop := context.WithCancel(t.Context())
	b.source.during = stop
	b.report(t, serve(t, b.source).URL)
	_, err := b.r.Copy(stopping, b.org, b.call, true)
	require.True(t, errors.Is(err, context.Canceled), "%v", err)
	require.Equal(t, "at_provider", b.state(t))
	require.NotContains(t, b.log.String(), "127.0.0.1", "no log holds the address")
}
