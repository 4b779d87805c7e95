using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Reconciling;

namespace ConfidentialOperator.Controller.Tests.Decisions;

public sealed class IntentTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":1}""", """{}""", false)]
    [InlineData("""{"a":{"b":"x"}}""", """{"a":{"b":"x","c":"y"}}""", true)]
    [InlineData("""{"a":[{"n":1},{"n":2}]}""", """{"a":[{"n":1},{"n":9},{"n":2}]}""", true)]
    [InlineData("""{"a":[{"n":1},{"n":2}]}""", """{"a":[{"n":2},{"n":1}]}""", false)]
    [InlineData("""{"a":[1]}""", """{"a":[]}""", false)]
    [InlineData("""{"a":"1"}""", """{"a":1}""", false)]
    [InlineData("""{"limits":{"memory":"1024Mi"}}""", """{"limits":{"memory":"1Gi"}}""", true)]
    [InlineData("""{"limits":{"cpu":"0.5"}}""", """{"limits":{"cpu":"500m"}}""", true)]
    [InlineData("""{"limits":{"cpu":"1e3"}}""", """{"limits":{"cpu":"1k"}}""", true)]
    [InlineData("""{"limits":{"cpu":"2"}}""", """{"limits":{"cpu":"500m"}}""", false)]
    [InlineData("""{"emptyDir":{"sizeLimit":"1024Ki"}}""", """{"emptyDir":{"sizeLimit":"1Mi"}}""", true)]
    [InlineData("""{"name":"1024Mi"}""", """{"name":"1Gi"}""", false)]
    [InlineData("""{"apiVersion":"v1","kind":"Service","a":1}""", """{"a":1}""", true)]
    [InlineData("""{"a":{"kind":"Service"}}""", """{"a":{}}""", false)]
    [InlineData("""{"env":[{"name":"A","value":""}]}""", """{"env":[{"name":"A"}]}""", true)]
    [InlineData("""{"env":[{"name":"A","value":"x"}]}""", """{"env":[{"name":"A"}]}""", false)]
    [InlineData("""{"env":[{"name":"A","value":""}]}""", """{"env":[{"name":"A","value":"x"}]}""", false)]
    [InlineData("""{"env":[{"name":"A","value":""}]}""", """{"env":[{"name":"A","valueFrom":{}}]}""", false)]
    [InlineData("""{"spec":{"publishNotReadyAddresses":false}}""", """{"spec":{}}""", true)]
    [InlineData("""{"spec":{"publishNotReadyAddresses":false}}""", """{"spec":{"publishNotReadyAddresses":true}}""", false)]
    [InlineData("""{"spec":{"automountServiceAccountToken":false}}""", """{"spec":{}}""", false)]
    public void HoldsTellsWhetherEverythingWantedIsThere(string wanted, string live, bool holds) =>
        Assert.Equal(holds, Intent.Holds(JsonNode.Parse(wanted)!.AsObject(), JsonSerializer.Deserialize<JsonElement>(live)));

    [Fact]
    public void TheDigestIsOfTheIntentAndIsWrittenOnACopy()
    {
        JsonObject intent = JsonNode.Parse("""{"metadata":{"name":"x","annotations":{"a":"b"}},"spec":{"n":1}}""")!.AsObject();
        string digest = Intent.Digest(intent);
        JsonObject sealedIntent = Intent.Sealed(intent, digest);
        Assert.Equal(digest, (string?)sealedIntent["metadata"]!["annotations"]![Intent.Annotation]);
        Assert.Equal("b", (string?)sealedIntent["metadata"]!["annotations"]!["a"]);
        Assert.Equal(digest, Intent.Digest(intent));
        intent["spec"]!["n"] = 2;
        Assert.NotEqual(digest, Intent.Digest(intent));
    }
}
