package vapi_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestTheKeyIsVerifiedByOneQuestion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.client.Verify(t.Context()))
	require.Equal(t, 1, b.played.Requests())

	stranger, err := vapi.New(vapi.Options{BaseURL: b.url, Key: "test-secret-other"})
	require.NoError(t, err)
	require.ErrorIs(t, stranger.Verify(t.Context()), vapi.ErrUnauthorized)

	b.played.Fail(sandbox.Failure{Status: http.StatusServiceUnavailable})
	var unavailable *vapi.UnavailableError
	require.ErrorAs(t, b.client.Verify(t.Context()), &unavailable, "a person waits: it is not asked again")
	require.Equal(t, 3, b.played.Requests())
}
