package server

import (
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
)

func TestAPlayerGetsAnAddressForAnHour(t *testing.T) {
	t.Parallel()
	s := share(t)
	s.become(t, "viewer")
	shown := s.ok(t, http.MethodGet, s.path+"/recording-url", "", "X-Request-Id", "req-play-1")
	require.Equal(t, 3600.0, shown["expires_in"])
	older := s.ok(t, http.MethodGet, "/api/calls/"+s.call.String()+"/recording", "")
	require.Equal(t, 3600.0, older["expiresIn"])
	until, err := time.Parse(time.RFC3339, older["expiresAt"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Hour), until, time.Minute)
	require.Equal(t, 2, s.number(t, "select count(*) from public.audit_log where action = 'recording_read' and entity_id = $1 and actor_user_id = $2", s.call, s.user))

	for _, address := range []string{shown["recording_url"].(string), older["recordingUrl"].(string)} {
		require.True(t, strings.HasPrefix(address, backend+"/api/recordings/"), address)
		played := s.visit(t, http.MethodGet, address, "Range", "bytes=0-3")
		require.Equal(t, []any{http.StatusPartialContent, "RIFF"}, []any{played.Code, played.Body.String()})
		require.Equal(t, http.StatusOK, s.visit(t, http.MethodHead, address).Code)
		for _, changed := range []string{
			strings.Replace(address, "expires=", "expires=9", 1), strings.Replace(address, "signature=", "signature=x", 1),
			strings.Replace(address, s.org.String(), s.call.String(), 1), strings.Split(address, "?")[0],
		} {
			requireRefusal(t, s.visit(t, http.MethodGet, changed), http.StatusNotFound, CodeNotFound)
		}
	}
	s.become(t, "owner")
	answered(t, s.console(t, http.MethodDelete, s.path, ""), http.StatusOK)
	requireRefusal(t, s.visit(t, http.MethodGet, shown["recording_url"].(string)), http.StatusNotFound, CodeNotFound)
}

func TestAnAddressOfOursExpires(t *testing.T) {
	t.Parallel()
	s := share(t)
	address := s.ok(t, http.MethodGet, s.path+"/recording-url", "")["recording_url"].(string)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	parts := strings.Split(r.URL.Path, "/")
	r.SetPathValue("org", parts[3])
	r.SetPathValue("recording", parts[4])
	files := s.files(t)
	_, _, good := files.opened(r, time.Now())
	require.True(t, good)
	_, _, good = files.opened(r, time.Now().Add(time.Hour+time.Second))
	require.False(t, good)
}

func TestWithoutARecordingAPlayerIsTold(t *testing.T) {
	t.Parallel()
	s := share(t)
	other, _ := s.signUp(t, "bea.quillworth@patients.example")
	foreign := s.made(t, insertCall, other, "call-2")
	none := s.made(t, strings.Replace(insertCall, "'at_provider'", "'none'", 1), s.org, "call-3")
	waiting := s.made(t, insertCall, s.org, "call-4")
	for call, sentence := range map[string]string{
		foreign.String(): "Call not found", none.String(): "No recording available for this call",
		waiting.String(): "The recording of this call is still being copied. Try again in a few minutes.",
	} {
		for _, path := range []string{"/api/calls-dashboard/" + call + "/recording-url", "/api/calls/" + call + "/recording"} {
			require.Equal(t, sentence, requireRefusal(t, s.console(t, http.MethodGet, path, ""), http.StatusNotFound, CodeNotFound).Error, path)
		}
	}
	require.Zero(t, s.number(t, "select count(*) from public.audit_log where action = 'recording_read'"), "nobody listened")
}

func TestHowFarARecordingGotIsShown(t *testing.T) {
	t.Parallel()
	s := share(t)
	for _, c := range []struct {
		state, reason string
		has           bool
		status, says  any
	}{
		{"none", "", false, nil, nil},
		{"at_provider", "", true, "pending", nil},
		{"copying", "", true, "processing", nil},
		{"stored", "", true, "completed", nil},
		{"failed", "gone", false, "failed", "The telephone service has no recording of this call."},
		{"failed", "storage", false, "failed", "The recording could not be copied."},
		{"not_kept_by_provider", "", false, nil, "Calls are not recorded in HIPAA mode."},
		{"deleted", "expired", false, nil, "The recording was deleted after the time that your organization keeps recordings."},
	} {
		s.data.Exec(t, "update public.call_logs set recording_state = $1, recording_error = nullif($2, '')", c.state, c.reason)
		listed := s.ok(t, http.MethodGet, "/api/calls-dashboard", "")["calls"].([]any)[0].(map[string]any)
		for _, shown := range []map[string]any{listed, s.ok(t, http.MethodGet, s.path, "")} {
			require.Equal(t, []any{c.state, c.has, c.status, c.says, nil},
				[]any{shown["recording_state"], shown["has_recording"], shown["recording_status"], shown["recording_error"], shown["recording_url"]}, c.state)
		}
	}
	kept := s.ok(t, http.MethodPatch, "/api/orgs", `{"keep_recordings_days": 30}`)
	require.Equal(t, 30.0, kept["keep_recordings_days"])
	require.Nil(t, s.ok(t, http.MethodPatch, "/api/orgs", `{"keep_recordings_days": null}`)["keep_recordings_days"])
	set := s.ok(t, http.MethodPatch, "/api/orgs", `{"keep_transcripts_days": 30, "keep_memory_days": 90, "caller_memory": true, "policies": "Pay before.", "hot_lead_phone": "+13125550188"}`)
	require.Equal(t, []any{30.0, nil, 90.0, true, "Pay before.", "+13125550188"}, []any{set["keep_transcripts_days"], set["keep_messages_days"],
		set["keep_memory_days"], set["caller_memory"], set["policies"], set["hot_lead_phone"]})
}

func TestARecordingIsNamedAfterItsCallAndClinic(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 3, 4, 15, 4, 0, 0, time.UTC)
	zone, kind := "America/Chicago", "audio/mpeg"
	for clinic, want := range map[string]string{
		"Lakeside Dental": "call 2030-03-04 09-04 Lakeside Dental.mp3",
		"Smile Inc.":      "call 2030-03-04 09-04 Smile Inc.mp3",
		"":                "call 2030-03-04 09-04.mp3",
	} {
		name, ascii := namesOf(db.RecordingView{CallAt: &at, TimeZone: &zone, ContentType: &kind, ClinicName: &clinic})
		require.Equal(t, []string{want, "call-2030-03-04-09-04.mp3"}, []string{name, ascii})
	}
}

func TestTheNameOfTheClinicTravelsInTheHeader(t *testing.T) {
	t.Parallel()
	s := share(t)
	s.data.Exec(t, "update public.organizations set name = $1 where id = $2", `"Улыбка" 😀`, s.org)
	link := s.link(t)
	_, read, err := mime.ParseMediaType(s.visit(t, http.MethodHead, link+"/audio").Header().Get("Content-Disposition"))
	require.NoError(t, err)
	require.Contains(t, read["filename"], "_Улыбка_ 😀.wav")
	page := s.visit(t, http.MethodGet, link).Body.String()
	require.Contains(t, page, "&#34;Улыбка&#34; 😀")
}
