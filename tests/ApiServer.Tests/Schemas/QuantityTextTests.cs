using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Tests.Schemas;

public sealed class QuantityTextTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("0.5", "500m")]
    [InlineData("4", "4")]
    [InlineData("1000", "1k")]
    [InlineData("1500m", "1500m")]
    [InlineData("2000m", "2")]
    [InlineData("16Gi", "16Gi")]
    [InlineData("0", "0")]
    [InlineData("1.5Gi", "1.5Gi")]
    [InlineData("no", "no")]
    public void Quantities_have_one_form(string given, string expected) => Assert.Equal(expected, QuantityText.Canonical(given));

    [Fact]
    public async Task Built_in_kinds_store_that_form()
    {
        JsonObject pod = Samples.Pod("sized");
        pod["spec"]!["containers"]![0]!["resources"] = JsonNode.Parse("""{"limits":{"memory":"1024Mi","cpu":0.5}}""");
        pod["spec"]!["volumes"] = JsonNode.Parse("""[{"name":"v","emptyDir":{"sizeLimit":"2048Ki"}}]""");
        JsonObject made = await fixture.ExpectAsync(201, "POST", "/api/v1/namespaces/default/pods", pod.ToJsonString());
        JsonObject limits = (JsonObject)made.Items("spec", "containers").Single().Find("resources", "limits")!;
        Assert.Equal(("1Gi", "500m"), (limits.Text("memory")!, limits.Text("cpu")!));
        Assert.Equal("2Mi", made.Items("spec", "volumes").Single().Text("emptyDir", "sizeLimit"));
    }
}
