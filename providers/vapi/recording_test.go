package vapi_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/download"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestARecordingIsFetchedByTheAddressThatVapiNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.AddRecording("c1", "audio/wav", sandbox.Tone(time.Second))
	address, err := b.client.RecordingURL(t.Context(), "c1")
	require.NoError(t, err)
	var got bytes.Buffer
	_, err = download.New(true).Fetch(t.Context(), address, &got, 1<<20)
	require.NoError(t, err)
	require.Equal(t, sandbox.Tone(time.Second), got.Bytes())
	_, err = download.New(true).Fetch(t.Context(), address[:len(address)-1], &got, 1<<20)
	require.ErrorIs(t, err, download.ErrGone)

	for _, id := range []string{"unknown", "../../assistant?x=1"} {
		_, err = b.client.RecordingURL(t.Context(), id)
		require.ErrorIs(t, err, vapi.ErrNotFound, id)
	}
	_, err = b.client.RecordingURL(t.Context(), "")
	require.Error(t, err)
	b.played.Fail(sandbox.Failure{Status: 503})
	_, err = b.client.RecordingURL(t.Context(), "c1")
	var unavailable *vapi.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	b.played.Fail(sandbox.Failure{Status: 401})
	_, err = b.client.RecordingURL(t.Context(), "c1")
	require.ErrorIs(t, err, vapi.ErrUnauthorized)
}
