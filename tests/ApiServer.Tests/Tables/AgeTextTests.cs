using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Tables;

namespace ConfidentialOperator.ApiServer.Tests.Tables;

public sealed class AgeTextTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(181, "3m1s")]
    [InlineData(3600, "60m")]
    [InlineData(11_100, "3h5m")]
    [InlineData(108_000, "30h")]
    [InlineData(190_800, "2d5h")]
    [InlineData(8_640_000, "100d")]
    [InlineData(64_000_000, "2y10d")]
    public void Ages_are_short(long seconds, string expected) => Assert.Equal(expected, AgeText.Of(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(".spec.a", "1")]
    [InlineData(".spec.list[1].name", "y")]
    [InlineData(".spec.list[-1].name", "y")]
    [InlineData(".spec.list[*].name", "x,y")]
    [InlineData(""".spec.list[?(@.name=="x")].value""", "10")]
    [InlineData(".spec.list[?(@.name!='x')].value", "20")]
    [InlineData(".metadata.labels.app\\.io/name", "n")]
    [InlineData(".metadata.labels['app.io/name']", "n")]
    [InlineData(".spec.none", "")]
    public void Printer_columns_find_their_values(string path, string expected)
    {
        JsonNode item = JsonNode.Parse(
            """{"metadata":{"labels":{"app.io/name":"n"}},"spec":{"a":1,"list":[{"name":"x","value":10},{"name":"y","value":20}]}}""")!;
        Assert.Equal(expected, string.Join(',', JsonPathQuery.Run(item, path).Select(node => node.Scalar())));
    }
}
