using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Rendering.Tests.Yaml;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("4")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("12:30")]
    [InlineData("2026-01-01")]
    [InlineData("~")]
    [InlineData("- a")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("ends:")]
    [InlineData(" leads")]
    [InlineData("trails ")]
    [InlineData("a\tb\\\"")]
    [InlineData("lines\nof\n\ntext\n")]
    [InlineData("lines\nwithout end")]
    [InlineData("lines\n\n")]
    [InlineData(" lines\nindented\n")]
    [InlineData("self.matches('^[^@\\\\s]+$')")]
    [InlineData("ümlaut \u2028 \uFEFF")]
    public void Text_reads_back_as_itself(string text)
    {
        JsonObject node = new()
        {
            ["a"] = text,
            ["b"] = new JsonArray(text, new JsonObject { ["c"] = text, ["d"] = new JsonArray(new JsonArray(text, 1), true) }),
            ["e"] = new JsonObject { ["f"] = text, ["g"] = new JsonObject(), ["h"] = new JsonArray(), ["i"] = null },
            [text.Length == 0 ? "k" : text.ReplaceLineEndings("")] = 1.5,
        };
        string yaml = YamlText.Write(node);
        Assert.True(YamlReader.TryRead(yaml, out IReadOnlyList<JsonNode> read, out string? error), error + "\n" + yaml);
        Assert.True(JsonNode.DeepEquals(node, Assert.Single(read)), yaml);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.False(YamlReader.TryRead(new string('[', 5000), out _, out string? error));
        Assert.Contains("nesting", error, StringComparison.Ordinal);
    }
}
