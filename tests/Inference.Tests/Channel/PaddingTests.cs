using ConfidentialOperator.Inference.Channel;
using ConfidentialOperator.Inference.Tests.Running;

namespace ConfidentialOperator.Inference.Tests.Channel;

/// <summary>Lengths say little where padding is on, and everything where it is off.</summary>
public sealed class PaddingTests
{
    [Theory]
    [InlineData("Bucket", 0, 1024)]
    [InlineData("Bucket", 1, 1024)]
    [InlineData("Bucket", 1024, 1024)]
    [InlineData("Bucket", 1025, 2048)]
    [InlineData("Bucket", 1024 * 1024, 1024 * 1024)]
    [InlineData("Bucket", (1024 * 1024) + 1, 1536 * 1024)]
    [InlineData("Fixed", 1, 64 * 1024)]
    [InlineData("Fixed", 64 * 1024, 64 * 1024)]
    [InlineData("Off", 77, 77)]
    public void WholeAnswersGrowToFewLengths(string mode, int length, int padded) =>
        Assert.Equal(padded, length + LengthPadding.AfterContent(Enum.Parse<PaddingMode>(mode), length));

    [Fact]
    public void PiecesOfAStreamGrowByCommentsThatClientsPassOver()
    {
        for (int length = 0; length < 3000; length++)
        {
            int filling = LengthPadding.AfterFrame(PaddingMode.Bucket, length);
            Assert.Equal(0, (length + filling) % 128);
            Assert.InRange(filling, 0, 130);
            Assert.False(filling is 1 or 2);
            Assert.Equal(0, (length + LengthPadding.AfterFrame(PaddingMode.Fixed, length)) % 1024);
            Assert.Equal(0, LengthPadding.AfterFrame(PaddingMode.Off, length));
        }

        byte[] comment = new byte[40];
        LengthPadding.WriteComment(comment);
        Assert.Equal(":" + new string(' ', 37) + "\n\n", System.Text.Encoding.ASCII.GetString(comment));
    }

    [Theory]
    [InlineData("bucket", true)]
    [InlineData("fixed", true)]
    [InlineData("off", false)]
    public async Task AnswersOfDifferentLengthLookAlike(string padding, bool alike)
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model, null, ("Inference__Padding", padding), ("Inference__Access__Mode", "open"));
        await host.Sockets.ServeAsync(model);
        var client = new SealedClient(host.Sockets, null) { Time = host.Clock };
        SealedAnswer first = (await client.GetAsync("/v2/models/model")).AssertOk();
        SealedAnswer second = (await client.GetAsync("/v2/models/model/ready")).AssertOk();
        Assert.NotEqual(first.Text.Trim(), second.Text.Trim());
        Assert.Equal(alike, first.SealedLength == second.SealedLength);
        Assert.Equal("model", (string?)second.Json["name"]);
    }

    [Theory]
    [InlineData("bucket")]
    [InlineData("fixed")]
    public async Task ARefusalLooksLikeAnAnswer(string padding)
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model, null, ("Inference__Padding", padding));
        TestCaller caller = TestCaller.Create("a");
        await host.Sockets.ServeAsync(model, caller);
        SealedAnswer answer = (await new SealedClient(host.Sockets, caller.Key) { Time = host.Clock }.GetAsync("/v1/models")).AssertOk();
        SealedAnswer refusal = await new SealedClient(host.Sockets, null) { Time = host.Clock }.GetAsync("/v1/models");
        SealedAnswer missing = await new SealedClient(host.Sockets, caller.Key) { Time = host.Clock }.PostAsync("/v1/files", "{}");
        Assert.Equal([200, 401, 404], new[] { answer.Status, refusal.Status, missing.Status });
        Assert.Single(new[] { answer.SealedLength, refusal.SealedLength, missing.SealedLength }.Distinct());
    }
}
