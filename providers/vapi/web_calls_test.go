package vapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestAWebCallCarriesSoundBothWays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.played.AddAssistant([]byte(`{"id":"a1"}`))
	require.NoError(t, err)
	call, err := b.client.PlaceWebCall(t.Context(), "a1", map[string]string{"clinicName": "Lakeside"})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", call, call, call), "test-secret", "its address is nobody's to read")

	line, err := b.client.JoinWebCall(t.Context(), call.Address)
	require.NoError(t, err)
	far := b.played.WebCall(t.Context(), call.ID)
	require.NoError(t, line.Say(t.Context(), []byte("abcd")))
	require.NoError(t, far.Say([]byte("efgh")))
	require.NoError(t, far.Tell(`{"type":"hang"}`))
	sound, message, err := line.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, []any{"efgh", 0}, []any{string(sound), len(message)})
	sound, message, err = line.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, []any{0, `{"type":"hang"}`}, []any{len(sound), string(message)})
	require.Eventually(t, func() bool { return string(far.Heard()) == "abcd" }, 5*time.Second, 5*time.Millisecond)

	_, err = b.client.JoinWebCall(t.Context(), call.Address)
	require.Error(t, err, "it is joined already")
	line.HangUp(t.Context())
	<-far.Over()
	require.True(t, far.HungUp())
	line.HangUp(t.Context()) // once more does nothing
	_, _, err = line.Read(t.Context())
	require.Error(t, err)
}

func TestAWebCallThatVapiEndsIsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.played.AddAssistant([]byte(`{"id":"a1"}`))
	require.NoError(t, err)
	call, err := b.client.PlaceWebCall(t.Context(), "a1", nil)
	require.NoError(t, err)
	line, err := b.client.JoinWebCall(t.Context(), call.Address)
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- b.played.WebCall(context.Background(), call.ID).End() }()
	_, _, err = line.Read(t.Context())
	require.ErrorIs(t, err, vapi.ErrWebCallOver)
	line.HangUp(t.Context())
	require.NoError(t, <-ended)
}

func TestAWebCallThatCannotBe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var invalid *vapi.InvalidError
	_, err := b.client.PlaceWebCall(t.Context(), "unknown", nil)
	require.ErrorAs(t, err, &invalid)
	_, err = b.client.PlaceWebCall(t.Context(), "", nil)
	require.Error(t, err)
	_, err = b.played.AddAssistant([]byte(`{"id":"a1"}`))
	require.NoError(t, err)
	b.played.Concurrency(0)
	var limited *vapi.RateLimitedError
	_, err = b.client.PlaceWebCall(t.Context(), "a1", nil)
	require.ErrorAs(t, err, &limited, "every place is taken")
	b.played.Fail(sandbox.Failure{Status: http.StatusServiceUnavailable})
	var uncertain *vapi.UncertainError
	_, err = b.client.PlaceWebCall(t.Context(), "unknown", nil)
	require.ErrorAs(t, err, &uncertain)

	for _, address := range []string{"", "http://vapi.example/x", "wss://", "ftp://x", ":"} {
		_, err := b.client.JoinWebCall(t.Context(), address)
		require.Error(t, err, address)
	}
	var unavailable *vapi.UnavailableError
	for _, address := range []string{"ws" + strings.TrimPrefix(b.url, "http") + "/transport/x/test-secret-x", "ws://127.0.0.1:1/test-secret-x"} {
		_, err := b.client.JoinWebCall(t.Context(), address)
		require.ErrorAs(t, err, &unavailable)
		require.NotContains(t, err.Error(), "test-secret")
	}
}

func TestAnAddressOfAWebCallMustBeASocket(t *testing.T) {
	t.Parallel()
	for _, address := range []string{``, `"http://vapi.example/x"`, `"wss://"`, `7`} {
		far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"id":"c1","transport":{"websocketCallUrl":%s}}`, map[bool]string{true: "null", false: address}[address == ""])
		}))
		t.Cleanup(far.Close)
		client, err := vapi.New(vapi.Options{BaseURL: far.URL, Key: key, HTTP: far.Client()})
		require.NoError(t, err)
		_, err = client.PlaceWebCall(t.Context(), "a1", nil)
		var uncertain *vapi.UncertainError
		require.True(t, errors.As(err, &uncertain), "there is a call, but no way to it")
	}
}

func FuzzParseWebMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"transcript","role":"user","transcriptType":"final","transcript":"Hi"}`, `{"message":{"type":"hang"}}`,
		`{"type":"model-output","output":{"tool":1}}`, `{"type":"speech-update","status":"started","role":"assistant"}`,
		`{"type":"status-update","status":"ended"}`, `null`, `[]`, `{"message":null}`, `{"message":"x"}`, `{"type":7}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, ok := vapi.ParseWebMessage(data)
		if !ok {
			return
		}
		switch m.Kind {
		case vapi.WebTranscript, vapi.WebOutput:
			require.NotEmpty(t, m.Text)
			require.LessOrEqual(t, len(m.Text), 16<<10)
		case vapi.WebSpeech, vapi.WebInterrupted, vapi.WebEnded, vapi.WebHang:
			require.Empty(t, m.Text)
		default:
			t.Fatalf("unknown kind %q", m.Kind)
		}
	})
}
