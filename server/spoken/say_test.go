package spoken

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimesAreSaidOnTheLocalClock(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	at := func(day, hour, minute int) time.Time { return time.Date(2027, 3, day, hour, minute, 0, 0, zone).UTC() }
	require.Equal(t, "Thursday, March 4 at 2 PM", SayTime(at(4, 14, 0), zone))
	require.Equal(t, "Thursday, March 4 at noon", SayTime(at(4, 12, 0), zone))
	require.Equal(t, "Thursday, March 4 at midnight", SayTime(at(4, 0, 0), zone))
	require.Equal(t, "12:05 AM", SayClock(5))
	require.Equal(t, "12:30 PM", SayClock(750))
	require.Equal(t, "Thursday, March 4", SayDate(Date{2027, 3, 4}))

	require.Empty(t, SayOptions(nil, zone))
	require.Equal(t, "Thursday, March 4 at 2 PM", SayOptions([]time.Time{at(4, 14, 0)}, zone))
	require.Equal(t, "Thursday, March 4 at 2 PM or 2:30 PM", SayOptions([]time.Time{at(4, 14, 0), at(4, 14, 30)}, zone))
	require.Equal(t, "Thursday, March 4 at 2 PM, 2:30 PM, or Friday, March 5 at 9 AM",
		SayOptions([]time.Time{at(4, 14, 0), at(4, 14, 30), at(5, 9, 0), at(5, 10, 0)}, zone))
}

func TestOneLineIsOneLine(t *testing.T) {
	require.Equal(t, "a b c", OneLine("  a\r\n\tb\u2028c\x00"))
	require.Equal(t, "ab", OneLine("a\u200b\u202eb\xff"))
}
