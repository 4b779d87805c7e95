using ConfidentialOperator.Inference.Generation.Decoding;
using FsCheck;
using FsCheck.Fluent;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

public sealed class StopMatcherTests
{
    [Fact]
    public void HowTheAnswerIsCutDoesNotMatter()
    {
        Gen<string> word(int least, int most) => Gen.Elements('a', 'b', '\n').ListOf().Resize(most).Select(letters => string.Concat(letters)).Where(text => text.Length >= least);
        var cases = from text in word(0, 40)
                    from stops in word(1, 5).ListOf().Resize(3)
                    from cuts in Gen.Choose(1, 6).ListOf().Resize(20)
                    select (text, stops, cuts);
        Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            (string text, List<string> stops, List<int> cuts) = sample;
            Assert.Equal(Expected(text, stops), Streamed(text, stops, cuts));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void WhatCannotBeAStopTextIsNotHeld()
    {
        var matcher = new StopMatcher(["END"]);
        Assert.Equal("abc", matcher.Append("abc"));
        Assert.Equal("", matcher.Append("E"));
        Assert.Equal("", matcher.Append("N"));
        Assert.Equal("ENX", matcher.Append("X"));
        Assert.Equal("", matcher.Append("END"));
        Assert.True(matcher.Met);
        Assert.Equal("", matcher.Append("more"));
    }

    /// <summary>Letter by letter: the first stop text that is complete ends the answer.</summary>
    private static string Expected(string text, IEnumerable<string> stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string[] met = [.. stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal))];
            if (met.Length > 0) return text[..(end - met.Max(stop => stop.Length))];
        }

        return text;
    }

    private static string Streamed(string text, IEnumerable<string> stops, List<int> cuts)
    {
        var matcher = new StopMatcher(stops);
        string output = "";
        int cut = 0;
        for (int at = 0; at < text.Length && !matcher.Met;)
        {
            int length = Math.Min(text.Length - at, cuts.Count == 0 ? 1 : cuts[cut++ % cuts.Count]);
            output += matcher.Append(text.Substring(at, length));
            at += length;
        }

        return output + matcher.Flush();
    }
}
