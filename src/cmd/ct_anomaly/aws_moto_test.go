package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/require"
)

// A moto is an AWS of a test's own. It lets everything through until it is told to authorise: then it checks keys and signatures, the policies
// of who calls, and, of roles in the caller's own account, whom they trust and the external id. What it does not know of policies is in
// package policytest.
type moto struct {
	url string
	wire
}

func startMoto(t *testing.T) *moto {
	t.Helper()
	command := os.Getenv("CT_MOTO_COMMAND")
	if command == "" {
		t.Skip("CT_MOTO_COMMAND is not set: it is the path of moto_server, see check/aws.sh")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, command, "-H", "127.0.0.1", "-p", port)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		cancel()
		_ = server.Wait()
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, time.Minute, 50*time.Millisecond)
	m := &moto{url: "http://" + address}
	m.open(t, m.url)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": m.wire.url, "AWS_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "2", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	return m
}

// authorise has moto check each call from now on, or none.
func (m *moto) authorise(t *testing.T, on bool) {
	t.Helper()
	free := "inf"
	if on {
		free = "0"
	}
	m.post(t, "/moto-api/reset-auth", free)
}

// freely prepares something while moto lets everything through.
func (m *moto) freely(t *testing.T, prepare func()) {
	t.Helper()
	m.authorise(t, false)
	prepare()
	m.authorise(t, true)
}

// post tells moto itself something. The type of the content keeps it from being read as a form.
func (m *moto) post(t *testing.T, path, text string) {
	t.Helper()
	answer, err := http.Post(m.url+path, "application/json", strings.NewReader(text))
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// in is the config of whoever prepares an account, past the wire. It works while moto does not authorise.
func (m *moto) in(account string) aws.Config {
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &m.url, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}
	cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
		return stack.Build.Add(middleware.BuildMiddlewareFunc("account", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (
			middleware.BuildOutput, middleware.Metadata, error,
		) {
			if r, ok := in.Request.(*smithyhttp.Request); ok {
				r.Header.Set("X-Moto-Account-Id", account)
			}
			return next.HandleBuild(ctx, in)
		}), middleware.After)
	})
	return cfg
}
