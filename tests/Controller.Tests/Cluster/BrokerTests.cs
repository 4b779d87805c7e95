using ConfidentialOperator.Controller.Tests.Fixtures;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>The policy is carried, and what broker and guests say is shown.</summary>
public sealed class BrokerTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private RunningController? _controller;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_controller is not null) await _controller.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task ASwappedImageShowsWhichRuleRefusedIt()
    {
        _controller = await _cluster.RunAsync();
        string[] pods = await _cluster.ServeAsync();
        string digest = _cluster.Status("initDataDigest")!;
        _cluster.Change(spec => spec["runtime"]!["image"] = "ghcr.io/evil/inference@sha256:" + new string('e', 64));
        await Eventually.IsTrue(() => _cluster.Status("initDataDigest") != digest);
        string swapped = _cluster.MakePod(ready: false);
        const string Sentence = "The initdata digest eeee is not in policy 7; sign a policy that lists it, or restore the pod.";
        _cluster.Broker.Say(
            TestCluster.Model,
            [.. pods.Select(pod => ModelSamples.Outcome(_cluster.Replica(pod))),
            ModelSamples.Outcome(_cluster.Replica(swapped), "Refused", nameof(RefusalReason.InitDataNotAccepted), Sentence)]);

        await _cluster.Reaches("Ready", "False/InitDataNotAccepted");
        Assert.Equal($"Pod {swapped}: {Sentence}", _cluster.Message("AttestationReady"));
        Assert.Equal("True/InitDataNotAccepted", _cluster.Condition("Stalled"));
        await _cluster.IsSaidEverywhere(_controller, "InitDataNotAccepted", Sentence);
        Assert.Contains(_cluster.Api.Store.List("events", TestCluster.Space),
            item => (string?)item["reason"] == "InitDataNotAccepted" && (string?)item["type"] == "Warning");
    }

    [Fact]
    public async Task ABrokerThatIsDownIsSaidAndRecoversByItself()
    {
        _cluster.Broker.IsAway = true;
        _controller = await _cluster.RunAsync();
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await _cluster.Reaches("Ready", "False/KeyBrokerUnavailable");
        Assert.Equal("False/Satisfied", _cluster.Condition("Stalled"));
        await _cluster.IsSaidEverywhere(_controller, "KeyBrokerUnavailable", "key broker");
        Assert.NotNull(_cluster.Find("deployments.apps"));
        _cluster.Broker.IsAway = false;
        await _cluster.Reaches("Ready", "Unknown/RollingOut");
        Assert.NotNull(_cluster.Broker.PolicyOf(TestCluster.Model));
    }

    [Fact]
    public async Task AServedModelSurvivesAnOutageOfTheBroker()
    {
        _controller = await _cluster.RunAsync();
        await _cluster.ServeAsync();
        _cluster.Broker.IsAway = true;
        await _cluster.Reaches("Ready", "Unknown/KeyBrokerUnavailable");
        Assert.Equal("2/2", _cluster.Status("attested"));
        _cluster.Broker.IsAway = false;
        await _cluster.Reaches("Ready", "True/Serving");
    }

    [Fact]
    public async Task AnAuthorityThatDidNotSignTheBrokerIsSaid()
    {
        await using FakeBroker another = await FakeBroker.StartAsync();
        _controller = await _cluster.RunAsync();
        _cluster.MakeReferences();
        _cluster.MakeModel(spec => spec["attestation"]!["keyBroker"]!["url"] = another.Url.ToString());
        await _cluster.Reaches("Ready", "False/KeyBrokerUnavailable");
        Assert.Contains("caSecretRef", _cluster.Message("AttestationReady"), StringComparison.Ordinal);
        Assert.Empty(another.Calls);
    }

    [Theory]
    [InlineData(RefusalReason.PolicySignatureInvalid)]
    [InlineData(RefusalReason.PolicyExpired)]
    [InlineData(RefusalReason.PolicyRolledBack)]
    public async Task ARefusedPolicyIsShownAndABetterOneGoesOn(RefusalReason reason)
    {
        _cluster.Broker.PolicyRefusal = new Refusal(reason, "The policy was not taken.");
        _controller = await _cluster.RunAsync();
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await _cluster.Reaches("Ready", $"False/{reason}");
        Assert.Equal("The policy was not taken.", _cluster.Message("AttestationReady"));
        Assert.Equal($"True/{reason}", _cluster.Condition("Stalled"));
        await _cluster.IsSaidEverywhere(_controller, reason.ToString(), "The policy was not taken.");
        Assert.Contains($"1016 The broker refused the policy of clinic/triage-notes: {reason}", _controller.Log.Lines);
        _cluster.Broker.PolicyRefusal = null;
        _cluster.MakePolicy("""{"policyVersion":8}""");
        await _cluster.Reaches("Ready", "Unknown/RollingOut");
    }

    [Fact]
    public async Task APolicyIsCarriedOnceAndAnewWhenItChangesOrTheBrokerForgot()
    {
        _controller = await _cluster.RunAsync();
        await _cluster.ServeAsync();
        Assert.Single(Puts());
        string? first = _cluster.Broker.PolicyOf(TestCluster.Model);
        _cluster.MakePolicy("""{"policyVersion":8}""");
        await Eventually.IsTrue(() => _cluster.Broker.PolicyOf(TestCluster.Model) != first);
        Assert.Equal(2, Puts().Length);
        await _cluster.Reaches("Ready", "True/Serving");
        _cluster.Broker.Forget(TestCluster.Model);
        await Eventually.IsTrue(() => _cluster.Broker.PolicyOf(TestCluster.Model) is not null);

        string[] Puts() => [.. _cluster.Broker.Calls.Where(call => call == "PUT /v1/tenants/clinic/policies/triage-notes")];
    }

    [Fact]
    public async Task TheArrangersTokenGoesOnlyToTheBrokerThatItIsFor()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("controller-").FullName, "token");
        await File.WriteAllTextAsync(path, "a-token-of-the-arranger\n", TestContext.Current.CancellationToken);
        await using FakeBroker another = await FakeBroker.StartAsync();
        _controller = await _cluster.RunAsync(("ArrangerTokenPath", path), ("ArrangerUrl", _cluster.Broker.Url.ToString()));
        _cluster.MakeReferences();
        _cluster.MakeModel();
        _cluster.Api.Store.Modify("secrets", TestCluster.Space, "broker-ca", item => item["data"]!["ca.crt"] =
            Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_cluster.Broker.AuthorityPem + "\n" + another.AuthorityPem)));
        _cluster.MakeModel(spec => spec["attestation"]!["keyBroker"]!["url"] = another.Url.ToString(), "elsewhere");
        await Eventually.IsTrue(() => _cluster.Broker.Tokens.Count > 2 && another.Tokens.Count > 2);
        Assert.All(_cluster.Broker.Tokens, token => Assert.Equal("Bearer a-token-of-the-arranger", token));
        Assert.All(another.Tokens, token => Assert.Equal("", token));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory]
    [InlineData(RefusalReason.ManifestDigestMismatch)]
    [InlineData(RefusalReason.SealedFileTruncated)]
    [InlineData(RefusalReason.SealedFileSwapped)]
    [InlineData(RefusalReason.ChunkCorrupt)]
    [InlineData(RefusalReason.ModelInvalid)]
    [InlineData(RefusalReason.ModelInputsUnknown)]
    public async Task ARefusalInTheGuestIsSaidEverywhere(RefusalReason reason)
    {
        await using FakeSidecar sidecar = await FakeSidecar.StartAsync();
        sidecar.Say(SidecarPhase.Refused, reason, "model.onnx is not what was expected.");
        _controller = await _cluster.RunAsync();
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
        string pod = _cluster.MakePod(ready: false, sidecar.Address);
        await _cluster.IsSaidEverywhere(_controller, reason.ToString(), $"Pod {pod}: model.onnx is not what was expected.");
    }

    [Fact]
    public async Task WhatASidecarWaitsForIsShown()
    {
        await using FakeSidecar sidecar = await FakeSidecar.StartAsync();
        sidecar.Say(SidecarPhase.Fetching);
        _controller = await _cluster.RunAsync();
        _cluster.MakeReferences();
        _cluster.MakeModel();
        await Eventually.IsTrue(() => _cluster.Find("deployments.apps") is not null);
        string pod = _cluster.MakePod(ready: false, sidecar.Address);
        await Eventually.IsTrue(() => _cluster.Message("ModelResolved") == "The sealed model is being fetched.");
        sidecar.Say(SidecarPhase.Refused, RefusalReason.ManifestDigestMismatch, "manifest.json has another digest.");
        await _cluster.Reaches("Ready", "False/ManifestDigestMismatch");
        Assert.Equal($"Pod {pod}: manifest.json has another digest.", _cluster.Message("ModelResolved"));
        sidecar.Say(SidecarPhase.Loading);
        await _cluster.Reaches("WorkloadsReady", "Unknown/LoadingModel");
        await _cluster.Reaches("ModelResolved", "True/Satisfied");
    }
}
