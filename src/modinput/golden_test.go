package modinput_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/modinput"
)

// The files *.sdk.* are what splunk-sdk 2.1.1 reads and writes; check/sdk_golden.py makes them.

// TestRequestsAreReadAsTheSDKReadsThem holds each request against what the SDK's parser found in it.
func TestRequestsAreReadAsTheSDKReadsThem(t *testing.T) {
	files, err := filepath.Glob("testdata/*.request.xml")
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			read := modinput.ReadRun
			if strings.HasPrefix(filepath.Base(file), "validation") {
				read = modinput.ReadValidation
			}
			req, err := read(bytes.NewReader(text))
			require.NoError(t, err)

			golden, err := os.ReadFile(strings.Replace(file, ".request.xml", ".sdk.json", 1))
			require.NoError(t, err)
			var want struct {
				Metadata map[string]string
				Stanzas  map[string]struct {
					App    string
					Params map[string]any
				}
			}
			require.NoError(t, json.Unmarshal(golden, &want))
			require.Equal(t, want.Metadata, map[string]string{
				"server_host": req.ServerHost, "server_uri": req.ServerURI, "session_key": req.SessionKey, "checkpoint_dir": req.CheckpointDir,
			})
			require.Len(t, req.Stanzas, len(want.Stanzas))
			for _, s := range req.Stanzas {
				require.Equal(t, want.Stanzas[s.Name].App, s.App)
				params := map[string]string{}
				for name, value := range want.Stanzas[s.Name].Params {
					params[name] = oneText(value)
				}
				require.Equal(t, params, s.Params)
			}
		})
	}
}

// oneText writes a list one value a line, as Stanza has it.
func oneText(value any) string {
	list, ok := value.([]any)
	if !ok {
		return value.(string)
	}
	lines := make([]string, len(list))
	for i := range list {
		lines[i] = list[i].(string)
	}
	return strings.Join(lines, "\n")
}

func TestTheSchemeIsTheSDKs(t *testing.T) {
	s := modinput.Scheme{Title: "A title & more", Description: "Says <what> it is.", Arguments: []modinput.Argument{
		{Name: "logs", Title: "Where the logs are", Description: `A folder, "quoted".`, Type: "string"},
		{Name: "learning_days", Title: "Days", Description: "0 < n", Type: "number"},
		{Name: "validate_live", Title: "Try", Description: "1 or 0", Type: "boolean"},
	}}
	var got bytes.Buffer
	require.NoError(t, s.Write(&got))
	want, err := os.ReadFile("testdata/scheme.sdk.xml")
	require.NoError(t, err)
	require.Equal(t, tokens(t, want), tokens(t, got.Bytes()))
}

func TestEventsAreTheSDKs(t *testing.T) {
	var got bytes.Buffer
	s := modinput.NewStream(&got)
	at := time.Unix(1795322118, 0)
	const kind = "aws:cloudtrail:anomaly"
	require.NoError(t, s.Write(modinput.Event{Stanza: "ct_anomaly://prod", Time: at, SourceType: kind, Data: []byte(`{"a":1}`)}))
	require.NoError(t, s.Write(
		modinput.Event{Stanza: "ct_anomaly://a & b <c>", Time: at.Add(123 * time.Millisecond), SourceType: kind, Data: []byte(`{"policy":"<&>'","path":"C:\\logs"}`)},
		modinput.Event{Stanza: "ct_anomaly://Müller", Time: at.Add(50 * time.Millisecond), SourceType: kind, Data: []byte(`{"name":"日本語 😀","line":"a\nb"}`)},
	))
	require.NoError(t, s.End())
	events, err := os.ReadFile("testdata/events.sdk.xml")
	require.NoError(t, err)
	want := "<stream>" + string(events) + "</stream>"
	require.Equal(t, tokens(t, []byte(want)), tokens(t, got.Bytes()))
}

// tokens takes XML apart, without the white space between elements.
func tokens(t *testing.T, text []byte) []xml.Token {
	t.Helper()
	var all []xml.Token
	for in := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := in.Token()
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		if data, ok := token.(xml.CharData); ok && len(bytes.TrimSpace(data)) == 0 {
			continue
		}
		all = append(all, xml.CopyToken(token))
	}
}
