package webvoice_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/webvoice"
)

// noise is sound that cannot be taken for other sound.
func noise(bytes int) []byte {
	random := rand.New(rand.NewPCG(1, uint64(bytes)))
	sound := make([]byte, bytes)
	for i := range sound {
		sound[i] = byte(random.Uint32())
	}
	return sound
}

func TestSoundAndWordsCrossTheBridge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "owner")
	near, far, tracking := b.talk(t, token)

	spoken := noise(64_000)
	for i := 0; i < len(spoken); i += 640 {
		require.NoError(t, near.Write(t.Context(), websocket.MessageBinary, spoken[i:i+640]))
	}
	require.Eventually(t, func() bool { return len(far.Heard()) == len(spoken) }, soon, 10*time.Millisecond)
	require.Equal(t, spoken, far.Heard())

	said := noise(96_000)
	go func() {
		for i := 0; i < len(said); i += 3200 {
			_ = far.Say(said[i : i+3200])
		}
	}()
	var heard bytes.Buffer
	for heard.Len() < len(said) {
		kind, data := near.read(t)
		require.Equal(t, websocket.MessageBinary, kind)
		heard.Write(data)
	}
	require.Equal(t, said, heard.Bytes())

	for told, want := range map[string]map[string]any{
		`{"type":"transcript","role":"user","transcriptType":"partial","transcript":"zanzibar-lilac"}`:    {"type": "transcript", "speaker": "user", "text": "zanzibar-lilac", "is_final": false},
		`{"message":{"type":"transcript","role":"assistant","transcriptType":"final","transcript":"Hi"}}`: {"type": "transcript", "speaker": "agent", "text": "Hi", "is_final": true},
		`{"type":"model-output","output":"Hi"}`:                                                           {"type": "response", "text": "Hi"},
		`{"type":"speech-update","status":"started","role":"assistant"}`:                                  {"type": "state", "state": "SPEAKING"},
		`{"type":"speech-update","status":"stopped","role":"assistant"}`:                                  {"type": "state", "state": "LISTENING"},
		`{"type":"speech-update","status":"started","role":"user"}`:                                       {"type": "state", "state": "LISTENING"},
		`{"type":"speech-update","status":"stopped","role":"user"}`:                                       {"type": "state", "state": "IDLE"},
		`{"type":"user-interrupted"}`:                                                                     {"type": "interrupt"},
	} {
		require.NoError(t, far.Tell(`{"type":"conversation-update","messages":[]}`), "of no interest")
		require.NoError(t, far.Tell(told))
		require.Equal(t, want, near.next(t), told)
	}
	near.send(t, map[string]string{"type": "ping"})
	require.Equal(t, "pong", near.next(t)["type"])

	_, answer := b.ask(t, token, http.MethodGet, "/api/founder-console/calls/"+tracking+"/state", "")
	require.Equal(t, "in_progress", answer["state"])
	require.NoError(t, far.Tell(`{"type":"status-update","status":"ended"}`))
	require.Equal(t, websocket.CloseError{Code: websocket.StatusNormalClosure, Reason: "call_over"}, near.closed(t))
	over(t, far)
	require.Equal(t, "call_over", b.ended(t, token, tracking))
	calls := b.callRow(t, answer["callId"].(string))
	require.Equal(t, []string{"web", "ended"}, calls)
}

// callRow are direction and status of a call.
func (b *bundle) callRow(t *testing.T, id string) []string {
	t.Helper()
	var direction, status string
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), "select direction, status from public.call_logs where id = $1", id).Scan(&direction, &status))
	return []string{direction, status}
}

func TestWhoVanishesTakesTheCallWithThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "admin")
	near, far, tracking := b.talk(t, token)
	require.NoError(t, near.CloseNow())
	over(t, far)
	require.True(t, far.HungUp())
	require.Equal(t, "page_left", b.ended(t, token, tracking))

	near, far, tracking = b.talk(t, token)
	require.NoError(t, far.End())
	require.Equal(t, websocket.StatusNormalClosure, near.closed(t).Code)
	require.Equal(t, "call_over", b.ended(t, token, tracking))
}

func TestATestIsEndedFromAnotherProcess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "owner")
	near, far, tracking := b.talk(t, token)
	for range 2 {
		status, _ := b.ask(t, token, http.MethodPost, pathEnd, `{"trackingId": "`+tracking+`"}`)
		require.Equal(t, http.StatusOK, status)
	}
	require.Equal(t, websocket.CloseError{Code: websocket.StatusNormalClosure, Reason: "ended_by_member"}, near.closed(t))
	over(t, far)
	require.True(t, far.HungUp())

	bridge, tracking, callID := b.begin(t, token)
	status, _ := b.ask(t, token, http.MethodPost, pathEnd, `{"trackingId": "`+tracking+`"}`)
	require.Equal(t, http.StatusOK, status)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	far = b.played.WebCall(ctx, callID)
	require.NotNil(t, far)
	over(t, far)
	require.True(t, far.HungUp(), "though nobody had opened its sound")
	require.Equal(t, websocket.StatusPolicyViolation, knock(t, bridge, token).closed(t).Code)
}

func TestABridgeEndsWithMembershipDurationAndServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user, token := b.member(t, lakeside, "owner")
	near, far, _ := b.talk(t, token)
	b.data.Exec(t, "update public.profiles set role = 'viewer' where user_id = $1", user)
	require.Equal(t, websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "not_a_member"}, near.closed(t))
	over(t, far)

	b.data.Exec(t, "update public.profiles set role = 'owner' where user_id = $1", user)
	bridge, tracking, _ := b.begin(t, token)
	b.data.Exec(t, "update public.web_tests set max_duration = '1 second' where ended_at is null")
	near = knock(t, bridge, token)
	require.Equal(t, websocket.CloseError{Code: websocket.StatusNormalClosure, Reason: "max_duration"}, near.closed(t))
	require.Equal(t, "max_duration", b.ended(t, token, tracking))

	near, far, _ = b.talk(t, token)
	stopped := make(chan error, 1)
	go func() { stopped <- b.stop() }()
	require.Equal(t, websocket.CloseError{Code: websocket.StatusServiceRestart, Reason: "restarting"}, near.closed(t))
	over(t, far)
	require.NoError(t, <-stopped)
}

func TestAPageThatSendsNothingIsClosed(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *webvoice.Options) { o.IdleLimit, o.BeatEvery = 300*time.Millisecond, 100*time.Millisecond })
	_, token := b.member(t, lakeside, "owner")
	near, far, _ := b.talk(t, token)
	require.Equal(t, "ping", near.next(t)["type"])
	require.Equal(t, "idle", near.closed(t).Reason)
	over(t, far)
}

func TestAPageThatSendsWhatIsNoSoundIsClosed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "owner")
	near, far, _ := b.talk(t, token)
	require.NoError(t, near.Write(t.Context(), websocket.MessageBinary, noise(641)))
	require.Equal(t, "bad_sound", near.closed(t).Reason)
	over(t, far)

	near, far, _ = b.talk(t, token)
	for range 20 {
		if near.Write(t.Context(), websocket.MessageBinary, noise(32_000)) != nil {
			break // closed already
		}
	}
	require.Equal(t, "too_fast", near.closed(t).Reason)
	over(t, far)
}

func TestAVapiThatHangsEndsTheCall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "owner")
	release := b.played.StallWebCalls()
	t.Cleanup(release)
	near, _, tracking := b.talk(t, token)
	require.NoError(t, near.Write(t.Context(), websocket.MessageBinary, noise(60_000)))
	status, _ := b.ask(t, token, http.MethodPost, pathEnd, `{"trackingId": "`+tracking+`"}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "ended_by_member", near.closed(t).Reason, "a Vapi that does not even say goodbye holds nobody up")
}
